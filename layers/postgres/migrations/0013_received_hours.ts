import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Finds the events of an hour, to compare the record with the books. Events come in the order of this time, more or
 * less, so that a note for each range of pages is enough; writing a row costs next to nothing more.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE INDEX event_audit_log_received ON event_audit_log USING brin (received_at)
    WITH (autosummarize = on)`
})
