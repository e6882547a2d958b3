import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { StatementDeadline } from "../../layers/postgres/sqlClient.ts"
import { atMost, type Bench, memoryTargets } from "./Bench.ts"
import type { Harness, Running } from "./Harness.ts"
import { fillRecord } from "./recordRows.ts"
import { quantile } from "./statistics.ts"
import { limitOf, peakMemoryMb, withUsage } from "./usage.ts"

/** Requests of each kind in a round. */
const requests = 100

const decodeIds = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ id: Schema.String, at: Schema.String, host: Schema.String, rule: Schema.NullOr(Schema.Int) })
  )
)
type Sample = Effect.Success<ReturnType<typeof decodeIds>>[number]

/** Events from anywhere in the record. */
const sampleOf = (harness: Harness) =>
  harness.sql(Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    return yield* Effect.flatMap(
      sql`SELECT event_id::text AS id, hostname AS host, matched_rule_id AS rule,
          to_char(event_timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
        FROM event_audit_log WHERE random() < ${String(20 * requests)}::text::float8
          / (SELECT greatest(sum(reltuples), 1) FROM pg_class WHERE relname LIKE 'event_audit_log_2%') ORDER BY random()
        LIMIT ${requests}::int`,
      decodeIds
    )
  }))

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()

/** Kind of request → its path, for an event; each but the last stays within 100 ms. */
const kinds: Readonly<Record<string, (event: Sample) => string>> = {
  "explain by id": ({ id }) => `/${id}/explain`,
  "explain by time and id": ({ at, id }) => `/${at}_${id}/explain`,
  "newest page": () => "?limit=100",
  "page of the device's time": () => "?limit=100&order=device",
  "page of a host": ({ host }) => `?limit=100&host=${host}`,
  "page of a rule": ({ rule }) => `?limit=100&rule=${rule ?? 1}`,
  "page by severity, a day": () => `?limit=100&severity=0,1&from=${hoursAgo(23.9)}`,
  "page by rare text, a day": ({ id }) => `?limit=100&text=${id.slice(0, 8)}&from=${hoursAgo(23.9)}`,
  "page from the middle": ({ at, id }) => `?limit=100&cursor=older_${at}_${id}`,
  "counts of a day": () => `/counts?from=${hoursAgo(24)}`,
  "counts of the month": () => `/counts?from=${hoursAgo(30 * 24)}`
}

const timed = (harness: Harness, { port }: Running, path: string) =>
  Effect.tryPromise(async () => {
    const from = performance.now()
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/events${path}`, {
      headers: { "x-api-key": harness.keys.admin }
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${path} was answered ${response.status}: ${text.slice(0, 300)}`)
    return performance.now() - from
  })

export const explain: Bench = {
  name: "explain",
  title: "Explaining and listing events of a large record (--rows), one request at a time",
  baseline: "none",
  run: Effect.fnUntraced(function*(harness, flow) {
    yield* harness.sql(Effect.provideService(fillRecord(flow.rows, flow.progress), StatementDeadline, "Infinity"))
    const webUi = yield* harness.program("web-ui")
    const pids = { "web-ui": webUi.pid, PostgreSQL: harness.postgres.pid }
    const times = new Map<string, { readonly p50: Array<number>; readonly p99: Array<number> }>()
    let limitedBy = ""
    for (let round = 0; round < flow.rounds; round++) {
      const events = yield* sampleOf(harness)
      for (const [kind, pathOf] of Object.entries(kinds)) {
        const some = kind.startsWith("counts") ? events.slice(0, 5) : events
        const [found, shares] = yield* withUsage(
          pids,
          Effect.forEach(some, (event) => timed(harness, webUi, pathOf(event)))
        )
        const sorted = found.toSorted((a, b) => a - b)
        const { p50, p99 } = times.get(kind) ?? { p50: [], p99: [] }
        p50.push(quantile(sorted, 0.5))
        p99.push(quantile(sorted, 0.99))
        times.set(kind, { p50, p99 })
        if (kind === "explain by id") limitedBy = limitOf(shares)
        yield* flow.progress(
          `round ${round + 1}, ${kind}: p50 ${p50.at(-1)?.toFixed(1)} ms, p99 ${p99.at(-1)?.toFixed(1)} ms, first ${
            found[0]?.toFixed(1)
          } ms, longest ${sorted.slice(-3).map((ms) => ms.toFixed(0)).join(", ")} ms`
        )
      }
    }
    const memoryMb = { "web-ui": peakMemoryMb(webUi.pid) }
    return {
      figures: [...times].flatMap(([what, { p50, p99 }]) => [
        { what: `${what}, p50`, unit: "ms", ours: p50, baseline: [] },
        { what: `${what}, p99`, unit: "ms", ours: p99, baseline: [] }
      ]),
      targets: [
        ...["explain by id", "explain by time and id"].map((what) =>
          atMost(`${what}, p99 ms`, Math.max(...times.get(what)?.p99 ?? []), 100)
        ),
        ...memoryTargets(memoryMb)
      ],
      memoryMb,
      limitedBy
    }
  })
}
