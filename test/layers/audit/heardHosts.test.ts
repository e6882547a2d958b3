import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { standardLimits } from "../../../layers/audit/countedInShares.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { EventListPostgres } from "../../../layers/audit/EventListPostgres.ts"
import { makeHeardHosts } from "../../../layers/audit/heardHosts.ts"
import { RuleRepositoryPostgres } from "../../../layers/rules/RuleRepositoryPostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"
import { RuleRepositoryMemory } from "../rules/RuleRepositoryMemory.ts"
import { ConfigAuditMemory } from "./ConfigAuditMemory.ts"
import { EventAuditMemory } from "./EventAuditMemory.ts"
import { EventListMemory } from "./EventListMemory.ts"
import { heardHostsSuite } from "./heardHostsSuite.ts"

heardHostsSuite(
  "hosts of the record in memory",
  EventListMemory.pipe(
    Layer.provideMerge(EventAuditMemory),
    Layer.provideMerge(RuleRepositoryMemory),
    Layer.provide(ConfigAuditMemory)
  )
)
onEachPostgres((version) =>
  heardHostsSuite(
    `hosts of the record in PostgreSQL ${version}`,
    Layer.mergeAll(EventListPostgres, EventAuditPostgres, RuleRepositoryPostgres).pipe(
      Layer.provide(ConfigAuditPostgres),
      Layer.provide(migratedDatabase(version))
    )
  )
)

layer(migratedDatabase(undefined, "owner"), { excludeTestServices: true })("hosts of a large record", (it) => {
  it.effect("are counted in a sample, multiplied, and those beyond the bounds are said to be missing", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql`INSERT INTO event_audit_log (event_id, event_timestamp, received_at, hostname, correlation_id, outcome,
          environment, team_assignment, reason, raw_message)
        SELECT gen_random_uuid(), at, at, 'host' || number % 50, '', 'unmatched', 'prod', '', '', '{}'
        FROM generate_series(0, 43199) AS number, LATERAL (
          SELECT '2026-08-22T00:00:00Z'::timestamptz + number * interval '2 seconds' AS at) AS times`
      const span = {
        from: "2026-08-22T00:00:00.000Z",
        to: "2026-08-23T00:00:00.000Z",
        since: "2026-08-22T00:00:00.000Z"
      }
      const all = { ...standardLimits, hosts: 100, page: 7, namesMs: 60_000 }
      const sampled = yield* makeHeardHosts(sql, { ...all, counted: 20_000, sampled: 10_000, longest: "1 minute" })(
        span
      )
      assert.deepStrictEqual([sampled.exact, sampled.complete, sampled.hosts.length], [false, true, 50])
      assert.approximately(sampled.hosts.reduce((sum, { count }) => sum + count, 0), 43_200, 4_320)
      const few = yield* makeHeardHosts(sql, { ...all, hosts: 20 })(span)
      assert.deepStrictEqual([few.exact, few.complete, few.hosts.length], [true, false, 20])
      const hasty = yield* makeHeardHosts(sql, { ...all, namesMs: 0 })(span)
      assert.deepStrictEqual([hasty.complete, hasty.hosts.length], [false, 50])
    }))
})
