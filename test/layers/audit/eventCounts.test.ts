import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { makeEventCounts } from "../../../layers/audit/eventCounts.ts"
import { migratedDatabase } from "../database.ts"

const span = { order: "arrival", from: "2026-08-22T00:00:00.000Z", to: "2026-08-23T00:00:00.000Z" } as const

layer(migratedDatabase(undefined, "owner"), { excludeTestServices: true })("counts of events", (it) => {
  it.effect("takes a sample of many rows, multiplied, and says so", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql`INSERT INTO event_audit_log (event_id, event_timestamp, received_at, hostname, correlation_id, outcome,
          environment, team_assignment, reason, raw_message)
        SELECT gen_random_uuid(), at, at, 'host' || number % 2, '', CASE number % 4 WHEN 0 THEN 'forwarded' ELSE 'unmatched' END,
          'prod', '', '', '{}'
        FROM generate_series(0, 43199) AS number, LATERAL (
          SELECT '2026-08-22T00:00:00Z'::timestamptz + number * interval '2 seconds' AS at) AS times`
      const exact = yield* makeEventCounts(sql, { counted: 50_000, sampled: 10_000, longest: "1 minute" })({
        ...span,
        filter: {}
      })
      assert.isTrue(exact.exact)
      assert.deepStrictEqual(exact.facets.host, [["host0", 21_600], ["host1", 21_600]])
      // Whether the planner knows how many there are, or has to be shown.
      for (const analysed of [false, true]) {
        if (analysed) yield* sql`ANALYZE event_audit_log`
        const counts = yield* makeEventCounts(sql, { counted: 20_000, sampled: 10_000, longest: "1 minute" })({
          ...span,
          filter: {}
        })
        assert.isFalse(counts.exact)
        const all = counts.buckets.reduce((sum, { forwarded, unmatched }) => sum + forwarded + unmatched, 0)
        assert.approximately(all, 43_200, 4_320)
        assert.approximately(counts.facets.host[0]?.[1] ?? 0, 21_600, 2_160)
        assert.isTrue(counts.buckets.every(({ unmatched }) => unmatched > 0))
      }
    }))
})
