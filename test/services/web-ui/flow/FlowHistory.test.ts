import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Books } from "../../../../layers/queue/Books.ts"
import { QueueUnavailable } from "../../../../layers/queue/QueueUnavailable.ts"
import { FlowHistory } from "../../../../services/web-ui/flow/FlowHistory.ts"
import { DynamicConfigFixed } from "../../../layers/http/harness.ts"
import { page, reading } from "../harness.ts"

const start = Date.UTC(2026, 7, 22, 10, 0, 0)

/** A queue that is read by the test's clock, and what was seen of it. */
const world = Effect.gen(function*() {
  yield* TestClock.setTime(start)
  const { at: _at, ...queue } = reading
  const state = { ...queue, isAway: false, looks: 0, perLook: 0 }
  const books = Layer.mock(Books, {
    flow: Effect.flatMap(Clock.currentTimeMillis, (at) => {
      state.looks++
      const { isAway, looks: _looks, perLook, ...now } = state
      if (isAway) return Effect.fail(new QueueUnavailable({ operation: "flow", detail: "unreachable" }))
      state.page = { ...state.page, accepted: state.page.accepted + perLook }
      return Effect.succeed({ ...now, page: state.page, at })
    })
  })
  const context = yield* Layer.build(FlowHistory.layer.pipe(Layer.provide([books, DynamicConfigFixed])))
  const history = yield* Effect.provide(FlowHistory, context)
  yield* TestClock.adjust(1)
  return { state, history }
})

const totals = (points: ReadonlyArray<{ readonly accepted: number }>) => points.map(({ accepted }) => accepted)

describe("the flow of events", () => {
  it.effect("is read once a second, and kept by second for 5 minutes and by minute for 60", () =>
    Effect.gen(function*() {
      const { history, state } = yield* world
      state.perLook = 3
      yield* TestClock.adjust("62 minutes")
      assert.strictEqual(state.looks, 62 * 60 + 1)
      const { as_of, minutes, seconds, tokens_most, unavailable } = yield* history.flow
      assert.deepStrictEqual([as_of, unavailable, tokens_most], ["2026-08-22T11:02:00.000Z", null, 50])
      assert.deepStrictEqual([seconds.length, minutes.length], [300, 60])
      assert.deepStrictEqual([seconds[0]?.at, seconds.at(-1)?.at], [
        "2026-08-22T10:57:01.000Z",
        "2026-08-22T11:02:00.000Z"
      ])
      assert.deepStrictEqual([minutes[0]?.at, minutes.at(-1)?.at], [
        "2026-08-22T10:03:00.000Z",
        "2026-08-22T11:02:00.000Z"
      ])
      assert.isTrue(totals(seconds).every((accepted) => accepted === 3))
      assert.deepStrictEqual([minutes[1]?.accepted, minutes.at(-1)?.accepted], [180, 3])
      const now = yield* history.now
      assert.deepStrictEqual<unknown>(now._tag === "read" && now.now, {
        as_of,
        second: seconds.at(-1),
        minute: minutes.at(-1)
      })
    }))

  it.effect("tells what happened since the point before, and how it stands; a minute has the worst of its seconds", () =>
    Effect.gen(function*() {
      const { history, state } = yield* world
      state.page = {
        ...page,
        accepted: 110,
        forwarded: 43,
        suppressed: 22,
        unmatched: 31,
        delivered: 37,
        quarantined: 4,
        eventsDead: 5,
        alertsDiscarded: 2
      }
      Object.assign(state, { breaker: "open", bucket: { left: 0, at: start + 801 }, oldestEventMs: 9_000 })
      yield* TestClock.adjust("1 second")
      const [second] = (yield* history.flow).seconds
      assert.deepStrictEqual(second, {
        at: "2026-08-22T10:00:01.000Z",
        span_ms: 1_000,
        accepted: 10,
        forwarded: 3,
        suppressed: 2,
        unmatched: 1,
        delivered: 2,
        failed: 3,
        quarantined: 1,
        events_waiting: 6,
        alerts_waiting: 4,
        oldest_event_ms: 9_000,
        overdue_alert_ms: 200,
        breaker: "open",
        tokens: 9.9
      })
      // Letters are replayed, and all is well again.
      state.page = { ...state.page, eventsDead: 0 }
      Object.assign(state, { breaker: "closed", bucket: undefined, oldestEventMs: 1_500 })
      yield* TestClock.adjust("1 second")
      const { minutes, seconds: [, after] } = yield* history.flow
      assert.deepInclude(after, { failed: 0, breaker: "closed", tokens: 50, oldest_event_ms: 1_500 })
      assert.deepStrictEqual<unknown>(minutes, [
        { ...second, at: "2026-08-22T10:00:00.000Z", span_ms: 2_000, breaker: "open" }
      ])
    }))

  it.effect("has a gap where the queue could not be read, says so, and goes on by itself", () =>
    Effect.gen(function*() {
      const { history, state } = yield* world
      state.perLook = 1
      yield* TestClock.adjust("3 seconds")
      state.isAway = true
      yield* TestClock.adjust("20 seconds")
      const away = yield* history.flow
      assert.deepStrictEqual([away.unavailable, away.as_of, away.seconds.length], [
        "The queue cannot be reached now.",
        "2026-08-22T10:00:03.000Z",
        3
      ])
      assert.deepStrictEqual(yield* history.now, {
        _tag: "unavailable",
        detail: "The queue cannot be reached now."
      })
      Object.assign(state, { isAway: false, perLook: 40 })
      yield* TestClock.adjust("1 second")
      const { seconds, unavailable } = yield* history.flow
      assert.isNull(unavailable)
      assert.deepStrictEqual([seconds.length, seconds.at(-1)?.span_ms, seconds.at(-1)?.accepted], [4, 21_000, 40])
    }))

  it.effect("begins anew when the server has lost what it had counted", () =>
    Effect.gen(function*() {
      const { history, state } = yield* world
      yield* TestClock.adjust("2 seconds")
      state.page = { ...page, accepted: 0 }
      yield* TestClock.adjust("1 second")
      state.perLook = 5
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(totals((yield* history.flow).seconds), [0, 0, 5])
    }))
})
