import { Effect, Fiber, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { EventAudit } from "../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../layers/audit/EventAuditPostgres.ts"
import { decodeSyslog } from "../../src/decode/formats/syslog.ts"
import { Refusal } from "../../src/decode/ReceiveContext.ts"
import { BacktestResult } from "../../src/domain/BacktestResult.ts"
import { inOneGo } from "../../src/logic/steps.ts"
import { makeUuid7 } from "../../src/logic/uuid7.ts"
import { buildPolicy } from "../../src/matching/Policy.ts"
import { atLeast, atMost, type Bench } from "./Bench.ts"
import { syslogLines } from "./corpus.ts"
import type { Harness } from "./Harness.ts"
import { benchRules, storeRules } from "./rules.ts"
import { median, quantile } from "./statistics.ts"
import { peakMemoryMb, sharesText, withUsage } from "./usage.ts"

const events = 300_000
const batch = 1_000
const start = Date.parse("2026-08-22T00:00:00Z")
/** Events arrive so far apart: all of them within an hour or so. */
const apartMs = 12
const span = { from: "2026-08-22T00:00:00Z", to: "2026-08-22T06:00:00Z" }

/** Records events as the alerter does, decided by the rules that are stored. */
const fill = Effect.fnUntraced(function*(harness: Harness) {
  const rules = benchRules(1_000)
  yield* harness.sql(storeRules(rules))
  const { decide } = inOneGo(buildPolicy({
    version: 1,
    rules: rules.map((rule, index) =>
      Object.assign({
        id: index + 1,
        syslogSeverity: null,
        devHandling: "Log_only" as const,
        teamAssignment: "NETO",
        isActive: true
      }, rule)
    ),
    developmentHosts: [],
    deviceTeams: []
  }))
  const newId = makeUuid7((bytes) => void crypto.getRandomValues(bytes))
  const lines = syslogLines(20_000)
  const record = Effect.fnUntraced(function*(from: number) {
    const records = Array.from({ length: batch }, (_, n) => {
      const at = start + (from + n) * apartMs
      const receivedAt = new Date(at).toISOString()
      const known = { correlationId: `c-${from}`, sender: "bench", receivedAt, at, newId: () => newId(at) }
      const event = decodeSyslog(lines[(from + n) % lines.length]!, { ...known, source: "syslog", peer: "192.0.2.1" })
      if (event instanceof Refusal) return []
      const timed = { ...event, timestamp: receivedAt }
      return [{ event: timed, raw: JSON.stringify(timed), decision: decide(timed) }]
    })
    yield* EventAudit.use((audit) => audit.record(records.flat()))
  })
  yield* harness.sql(
    Effect.forEach(Array.from({ length: events / batch }, (_, n) => n * batch), record, { discard: true }).pipe(
      Effect.andThen(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`VACUUM ANALYZE event_audit_log`)),
      Effect.provide(Layer.provide(EventAuditPostgres, Layer.effect(SqlClient.SqlClient, SqlClient.SqlClient)))
    )
  )
})

const decodeResult = Schema.decodeUnknownEffect(BacktestResult)

export const backtest: Bench = {
  name: "backtest",
  title: `${
    events.toLocaleString("en")
  } recorded events decided by two sets of 1,000 rules, and what others wait meanwhile`,
  baseline: "nothing",
  run: Effect.fnUntraced(function*(harness, flow) {
    yield* flow.progress("recording events")
    yield* fill(harness)
    const { pid, port } = yield* harness.program("web-ui")
    const headers = {
      "content-type": "application/json",
      accept: "application/json",
      "x-api-key": harness.keys.admin
    }
    const get = (path: string, init: RequestInit = {}) =>
      Effect.promise(() => fetch(`http://127.0.0.1:${port}/api/v1${path}`, { headers, ...init }).then((r) => r.json()))
    const run = Effect.flatMap(
      get("/rules/backtest", {
        method: "POST",
        body: JSON.stringify({ ...span, changes: [{ delete: "rule-1" }, { delete: "rule-4" }] })
      }),
      decodeResult
    )
    /** Milliseconds of others' requests, one after the other, in order of size. */
    const others = Effect.fnUntraced(function*(enough: () => boolean) {
      const took: Array<number> = []
      while (!enough()) {
        const from = performance.now()
        yield* get("/rules/versions?limit=1")
        took.push(performance.now() - from)
        yield* Effect.sleep("2 millis")
      }
      return took.sort((a, b) => a - b)
    })
    const rates: Array<number> = []
    const waits: { readonly quiet: Array<number>; readonly busy: Array<number> } = { quiet: [], busy: [] }
    let shares = ""
    for (let round = 0; round < flow.rounds; round++) {
      const until = performance.now() + flow.measureMs
      waits.quiet.push(quantile(yield* others(() => performance.now() > until), 0.99))
      const alone = yield* withUsage({ "web-ui": pid, PostgreSQL: harness.postgres.pid }, run)
      shares = sharesText(alone[1])
      rates.push(alone[0].read / alone[0].ms * 1_000)
      const fiber = yield* Effect.forkChild(run)
      waits.busy.push(quantile(yield* others(() => fiber.pollUnsafe() !== undefined), 0.99))
      yield* Fiber.join(fiber)
      yield* flow.progress(
        `backtest, round ${round + 1} of ${flow.rounds}: ${Math.round(rates[round]!)}/s, ${
          alone[0].differing
        } differ; ` +
          `others' p99 ${waits.quiet[round]!.toFixed(1)} ms, meanwhile ${waits.busy[round]!.toFixed(1)} ms`
      )
    }
    return {
      figures: [
        { what: "events decided by two sets of rules", unit: "/s", ours: rates, baseline: [] },
        { what: "others' p99 meanwhile, and alone", unit: "ms", ours: waits.busy, baseline: waits.quiet }
      ],
      targets: [
        atLeast("events/s", median(rates), 20_000),
        atMost("others' p99, times that of a quiet program", median(waits.busy) / median(waits.quiet), 2)
      ],
      memoryMb: { "web-ui": peakMemoryMb(pid) },
      limitedBy: shares
    }
  })
}
