import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { BacktestProgress } from "../../../src/api/web-ui/Backtests.ts"
import { BacktestResult } from "../../../src/domain/BacktestResult.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { contains } from "../../src/matching/rules.ts"
import { event } from "../alerter/events.ts"
import { fileRule as rule } from "./fileRule.ts"
import { call, running, Stores } from "./harness.ts"

const path = "/api/v1/rules/backtest"
const start = Date.parse("2026-08-22T10:00:00.000Z")
const span = { from: "2026-08-22T10:00:00Z", to: "2026-08-22T12:00:00Z" }

/** Records 100 events of two hosts: of four, one is down, one has a fan and two say hello. By rules of then. */
const recorded = Effect.gen(function*() {
  const then = inOneGo(buildPolicy({
    version: 1,
    rules: [contains(1, "down"), contains(2, "fan", { prodHandling: "Ticket_only" })],
    developmentHosts: [],
    deviceTeams: []
  }))
  const records = Array.from({ length: 100 }, (_, n) => {
    const receivedAt = new Date(start + n * 60_000).toISOString()
    const message = ["link down", "fan fail", "hello", "hello"][n % 4]!
    const one = event(n, { receivedAt, timestamp: receivedAt, hostname: `sw${n % 2}`, message })
    return { event: one, raw: JSON.stringify(one), decision: then.decide(one) }
  })
  yield* (yield* EventAudit).record(records)
})
const ruled = call("POST", "/api/v1/rules/apply", {
  body: { rules: [rule("down"), rule("fan", { prod_handling: "Ticket_only" })] }
})
const asked = (body: object, key = "operator-key-of-tests") =>
  call("POST", path, { key, body: { ...span, ...body }, headers: { accept: "application/json" } })
const resultOf = Schema.decodeUnknownEffect(BacktestResult)
const World = running(Stores)

layer(World, { excludeTestServices: true })("POST /rules/backtest", (it) => {
  it.effect("finds no difference for the rules in force, beside themselves and beside the record", () =>
    Effect.gen(function*() {
      yield* ruled
      yield* recorded
      for (
        const body of [{}, { against: "recorded" }, { changes: [] }, {
          rules: [rule("fan", { prod_handling: "Ticket_only" }), rule("down")]
        }]
      ) {
        const { body: answer, status } = yield* asked(body)
        assert.strictEqual(status, 200)
        const result = yield* resultOf(answer)
        assert.deepStrictEqual([result.read, result.of, result.differing, result.stopped], [100, 100, 0, null])
        assert.deepStrictEqual(result.all, { old: { alerts: 50, pages: 25 }, new: { alerts: 50, pages: 25 } })
      }
    }))

  it.effect("says what changes, by a whole file and by single changes, and stores nothing", () =>
    Effect.gen(function*() {
      const before = (yield* call("GET", "/api/v1/rules")).body
      const quiet = rule("down", { prod_handling: "Log_only" })
      const answers = [
        yield* asked({ rules: [quiet, rule("fan", { prod_handling: "Ticket_only" }), rule("hello")] }),
        yield* asked({ changes: [{ put: quiet }, { put: rule("hello") }] })
      ]
      for (const { body } of answers) {
        const result = yield* resultOf(body)
        assert.deepStrictEqual(result.matrix.map((cell) => [cell.old, cell.new, cell.count, cell.differing]), [
          ["forwarded", "forwarded", 25, 0],
          ["forwarded", "suppressed", 25, 25],
          ["unmatched", "forwarded", 50, 50]
        ])
        assert.deepStrictEqual(result.all.new, { alerts: 75, pages: 50 })
        assert.deepStrictEqual(result.rules.map(({ rule }) => rule), ["hello", "down", "fan"])
        const [{ ref = "" } = {}] = result.matrix[1]!.examples
        const { body: found, status } = yield* call("GET", `/api/v1/events/${ref}`)
        assert.deepStrictEqual([status, found.event.hostname], [200, "sw0"])
      }
      const gone = yield* resultOf((yield* asked({ changes: [{ delete: "fan" }], hostname: "SW1" })).body)
      assert.deepStrictEqual([gone.read, gone.differing, gone.hosts[0]?.hostname], [50, 25, "sw1"])
      assert.deepStrictEqual(gone.could_not_know.map(({ code }) => code), ["unmatched"])
      const dev = yield* resultOf((yield* asked({ hosts: { development: ["SW0"] } })).body)
      assert.deepStrictEqual(dev.all.new, { alerts: 25, pages: 0 })
      assert.deepStrictEqual((yield* call("GET", "/api/v1/rules")).body, before)
    }))

  it.effect("reads a sample, the same one each time, and no more than was wanted, and says so", () =>
    Effect.gen(function*() {
      const half = yield* resultOf((yield* asked({ sample: 2 })).body)
      assert.deepStrictEqual([half.read, half.all.old.alerts], [50, 25])
      assert.deepStrictEqual(half.could_not_know.map(({ code }) => code), ["sampled", "unmatched"])
      const few = yield* resultOf((yield* asked({ limit: 13 })).body)
      assert.deepStrictEqual([few.read, few.of, few.stopped, few.reached], [
        13,
        100,
        "limit",
        "2026-08-22T10:12:00.000Z"
      ])
      assert.isNull((yield* resultOf((yield* asked({ limit: 100 })).body)).stopped)
    }))

  it.effect("tells progress and then the result, as events", () =>
    Effect.gen(function*() {
      const { body, headers, status } = yield* call("POST", path, { body: span })
      assert.deepStrictEqual([status, headers["content-type"]], [200, "text/event-stream"])
      const events = String(body).trim().split("\n\n").map((text) => {
        const [, name = "", data = ""] = /^event: (\w+)\ndata: (.*)$/.exec(text) ?? []
        return { name, data: JSON.parse(data) as unknown }
      })
      assert.deepStrictEqual([events[0]?.name, events.at(-1)?.name], ["progress", "result"])
      const first = yield* Schema.decodeUnknownEffect(BacktestProgress)(events[0]?.data)
      assert.deepStrictEqual(first, { read: 0, of: 100, differing: 0, reached: null })
      assert.strictEqual((yield* resultOf(events.at(-1)?.data)).read, 100)
    }))

  it.effect("refuses what cannot be tried, and says where it is wrong", () =>
    Effect.gen(function*() {
      for (
        const [body, field] of [
          [{ rules: [], changes: [] }, "changes"],
          [{ changes: [{ delete: "none" }] }, "changes.0.delete"],
          [{ rules: [rule("a", { match_type: "regex", match_string: "(" })] }, "rules.0.match_string"],
          [{ rules: [rule("a"), rule("a")] }, "rules.1.name"],
          [{ from: span.to }, "from"],
          [{ from: "2026-07-01T00:00:00Z" }, "from"],
          [{ from: "yesterday" }, "from"],
          [{ sample: 0 }, "sample"]
        ] as const
      ) {
        const { body: { errors }, status } = yield* asked(body)
        assert.deepStrictEqual([status, errors?.[0]?.field], [422, field], JSON.stringify(body))
      }
      assert.strictEqual((yield* asked({}, "viewer-key-of-tests")).status, 403)
    }))
})
