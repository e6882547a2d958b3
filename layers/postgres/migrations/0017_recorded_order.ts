import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Finds what was recorded last, for those who follow the record. A note for each range of pages is enough, since rows
 * come in this order; its ranges are small, so that little is read that is not new.
 *
 * A B-tree would find it faster, and be paid for by each event.
 * measured: batches of 1,000 events take 6 % longer to insert with a B-tree on (received_at, event_id) or on
 * (recorded_at), and write 7 % more of the log; with this index nothing that can be measured. how: the same rows into
 * copies of the table, taking turns, 190 batches each.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE INDEX event_audit_log_recorded ON event_audit_log USING brin (recorded_at)
    WITH (pages_per_range = 32, autosummarize = on)`
})
