import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import type { AlertOutcome, ClaimedAlert } from "../../../layers/queue/AlertQueue.ts"
import { promising, type QueueWorld } from "./harness.ts"
import { alert, dead, delivered, limits, parked, queueDriver, texts } from "./queueDriver.ts"

const threshold = 3
const failed = parked(0)
const timeout = limits.breakerTimeoutMs

/** Many alerts, and a breaker that opens at three failures in a row. */
const outage = Effect.gen(function*() {
  const all = yield* queueDriver
  yield* all.handOver(texts(30).map((id) => alert(id)))
  const answer = (held: ClaimedAlert, outcome: AlertOutcome) => all.finish(held, outcome, threshold)
  const next = (outcome: AlertOutcome) => Effect.flatMap(all.one(), (held) => answer(held, outcome))
  const state = Effect.map(all.alerts.backlog, ({ breaker }) => breaker)
  /** Opens it, with one alert still in other hands. */
  const open = Effect.gen(function*() {
    const straggler = yield* all.one({ leaseMs: 3_600_000 })
    for (let count = 0; count < threshold; count++) yield* next(failed)
    return straggler
  })
  return { ...all, answer, next, state, open }
})

/** What any alert queue promises of its circuit breaker. */
export const breakerSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`circuit breaker in ${name}`, (it) => {
    const promise = promising(it)

    promise(
      "opens at so many failures in a row, and then leaves every alert where it is",
      () =>
        Effect.gen(function*() {
          const { alerts, claim, next, state } = yield* outage
          yield* next(failed)
          yield* next(failed)
          assert.strictEqual(yield* state, "closed")
          yield* next(failed)
          assert.strictEqual(yield* state, "open")
          assert.deepStrictEqual(yield* claim(), { _tag: "open", waitMs: timeout })
          yield* TestClock.adjust(1_000)
          assert.deepStrictEqual(yield* claim(), { _tag: "open", waitMs: timeout - 1_000 })
          assert.deepStrictEqual(yield* alerts.backlog, {
            depth: 30,
            breaker: "open",
            breakerFailures: 3,
            breakerOpenMs: 1_000
          })
        })
    )

    promise("forgets failures with every success", () =>
      Effect.gen(function*() {
        const { alerts, next, state } = yield* outage
        for (const outcome of [failed, failed, delivered, failed, failed]) yield* next(outcome)
        assert.strictEqual(yield* state, "closed")
        assert.strictEqual((yield* alerts.backlog).breakerFailures, 2)
        yield* next(failed)
        assert.strictEqual(yield* state, "open")
      }))

    promise("takes the answers of one step in the order given", () =>
      Effect.gen(function*() {
        const { alerts, claimed, state } = yield* outage
        const held = [...yield* claimed()]
        const answers = (...outcomes: ReadonlyArray<AlertOutcome>) =>
          alerts.acknowledge(
            held.splice(0, outcomes.length).map((alert, index) => ({
              alert,
              outcome: outcomes[index] ?? failed
            })),
            threshold
          )
        yield* answers(failed, failed, delivered, failed, failed)
        assert.strictEqual(yield* state, "closed")
        assert.strictEqual((yield* alerts.backlog).breakerFailures, 2)
        yield* answers(dead, failed, delivered, delivered)
        assert.strictEqual(yield* state, "open")
      }))

    promise("is not moved by what is no failure, nor does that hide failures", () =>
      Effect.gen(function*() {
        const { next, state } = yield* outage
        for (let count = 0; count < 5; count++) yield* next(parked(0, { failure: false }))
        for (const outcome of [failed, parked(0, { failure: false }), dead, failed]) yield* next(outcome)
        assert.strictEqual(yield* state, "closed")
        yield* next(failed)
        assert.strictEqual(yield* state, "open")
      }))

    promise("counts a failure also when it was an alert's last", () =>
      Effect.gen(function*() {
        const { next, state } = yield* outage
        for (let count = 0; count < threshold; count++) {
          yield* next({ _tag: "dead", reason: "retries_exhausted", attempt: dead.attempt, failure: true })
        }
        assert.strictEqual(yield* state, "open")
      }))

    promise("opens at the next failure when the threshold is lowered below the count", () =>
      Effect.gen(function*() {
        const { finish, one, state } = yield* outage
        for (let count = 0; count < 5; count++) yield* finish(yield* one(), failed, 100)
        yield* finish(yield* one(), failed, threshold)
        assert.strictEqual(yield* state, "open")
      }))

    promise("sends one probe when its time is up, and nothing beside it", () =>
      Effect.gen(function*() {
        const { claim, open, state } = yield* outage
        yield* open
        yield* TestClock.adjust(timeout - 1)
        assert.deepStrictEqual(yield* claim(), { _tag: "open", waitMs: 1 })
        yield* TestClock.adjust(1)
        const claims = yield* Effect.forEach(Array.from({ length: 8 }), () => claim(), { concurrency: "unbounded" })
        const probes = claims.filter((answer) => answer._tag === "claimed")
        assert.lengthOf(probes, 1)
        assert.isTrue(probes[0]?.probe)
        assert.lengthOf(probes[0]?.alerts ?? [], 1)
        assert.strictEqual(yield* state, "half_open")
        assert.deepStrictEqual(yield* claim(), { _tag: "open", waitMs: limits.leaseMs })
      }))

    promise("closes with a probe that gets through", () =>
      Effect.gen(function*() {
        const { alerts, claim, next, open, state } = yield* outage
        yield* open
        yield* TestClock.adjust(timeout)
        yield* next(delivered)
        assert.strictEqual(yield* state, "closed")
        const all = yield* claim()
        assert.isTrue(all._tag === "claimed" && !all.probe && all.alerts.length > 1)
        assert.deepStrictEqual([(yield* alerts.backlog).breakerFailures, (yield* alerts.backlog).breakerOpenMs], [0, 0])
      }))

    promise("opens anew with a probe that fails, for its whole time", () =>
      Effect.gen(function*() {
        const { claim, next, open, state } = yield* outage
        yield* open
        yield* TestClock.adjust(timeout)
        yield* next(failed)
        assert.strictEqual(yield* state, "open")
        assert.deepStrictEqual(yield* claim(), { _tag: "open", waitMs: timeout })
        yield* TestClock.adjust(timeout)
        yield* next(delivered)
        assert.strictEqual(yield* state, "closed")
      }))

    promise("sends another probe when one ended without telling of the platform", () =>
      Effect.gen(function*() {
        const { claim, next, open, state } = yield* outage
        yield* open
        yield* TestClock.adjust(timeout)
        for (const silent of [parked(0, { failure: false }), dead]) {
          yield* next(silent)
          assert.strictEqual(yield* state, "half_open")
        }
        const again = yield* claim()
        assert.isTrue(again._tag === "claimed" && again.probe && again.alerts.length === 1)
      }))

    promise("sends another probe when the one who had it is gone", () =>
      Effect.gen(function*() {
        const { answer, claim, one, open, state } = yield* outage
        yield* open
        yield* TestClock.adjust(timeout)
        const lost = yield* one()
        yield* TestClock.adjust(limits.leaseMs - 1)
        assert.deepStrictEqual(yield* claim(), { _tag: "open", waitMs: 1 })
        yield* TestClock.adjust(1)
        const again = yield* claim()
        assert.isTrue(again._tag === "claimed" && again.probe)
        // The first one's answer comes after all; it is not the probe any more.
        yield* answer(lost, failed)
        yield* answer(lost, delivered)
        assert.strictEqual(yield* state, "half_open")
        if (again._tag === "claimed") yield* Effect.forEach(again.alerts, (held) => answer(held, delivered))
        assert.strictEqual(yield* state, "closed")
      }))

    promise("is not moved by answers to what was sent before it opened", () =>
      Effect.gen(function*() {
        const { answer, claim, one, open, state } = yield* outage
        const straggler = yield* open
        yield* TestClock.adjust(timeout - 1)
        const other = yield* answer(straggler, failed)
        assert.isTrue(other)
        assert.deepStrictEqual(yield* claim(), { _tag: "open", waitMs: 1 })
        yield* TestClock.adjust(1)
        yield* one()
        assert.strictEqual(yield* state, "half_open")
      }))

    promise("is not closed by a late success while its probe is under way", () =>
      Effect.gen(function*() {
        const { answer, one, open, state } = yield* outage
        const straggler = yield* open
        yield* TestClock.adjust(timeout)
        const probe = yield* one()
        assert.isTrue(yield* answer(straggler, delivered))
        assert.strictEqual(yield* state, "half_open")
        yield* answer(probe, failed)
        assert.strictEqual(yield* state, "open")
      }))

    promise("costs no token while it is open", () =>
      Effect.gen(function*() {
        const { claim, handOver, next, ids } = yield* outage
        yield* handOver(texts(10, "more").map((id) => alert(id)))
        for (let count = 0; count < threshold; count++) yield* next(failed)
        const ten = { rate: 10, ratePeriodMs: 3_600_000 }
        for (let look = 0; look < 20; look++) assert.strictEqual((yield* claim(ten))._tag, "open")
        yield* TestClock.adjust(timeout)
        yield* next(delivered)
        assert.lengthOf(yield* ids(ten), 10)
      }))

    promise("asks for no probe when there is nothing to send", () =>
      Effect.gen(function*() {
        const { alerts, claim, finish, handOver, one } = yield* queueDriver
        yield* handOver([alert("a")])
        yield* finish(yield* one(), parked(3_600_000), 1)
        yield* TestClock.adjust(timeout)
        assert.strictEqual((yield* claim())._tag, "empty")
        assert.strictEqual((yield* alerts.backlog).breaker, "open")
      }))
  })
}
