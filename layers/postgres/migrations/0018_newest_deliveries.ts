import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Lists deliveries newest first, page by page. */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE INDEX alert_deliveries_newest ON alert_deliveries (delivered_at, alert_id)`
})
