import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { Deliveries } from "../../../layers/queue/Deliveries.ts"
import { promising, type QueueWorld } from "./harness.ts"
import { alert, delivered, parked, queueDriver } from "./queueDriver.ts"

/** What any queue tells of its alerts. */
export const deliveriesSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`deliveries in ${name}`, (it) => {
    const promise = promising(it)

    promise(
      "tells each delivery with its time, tries and failed attempts, until it is forgotten",
      () =>
        Effect.gen(function*() {
          const { claimed, finish, handOver } = yield* queueDriver
          const deliveries = yield* Deliveries
          yield* handOver([alert("a"), alert("b")])
          const [a, b] = yield* claimed()
          if (!a || !b) return assert.fail("not all were claimed")
          yield* finish(a, delivered)
          const failed = parked(5_000)
          yield* finish(b, failed)
          yield* TestClock.adjust(5_000)
          const [again] = yield* claimed()
          if (!again) return assert.fail("the parked alert was not claimed")
          yield* finish(again, delivered)

          const entries = yield* deliveries.read(10)
          const told = entries.flatMap((entry) => entry.deliveries)
          assert.deepStrictEqual(told.map(({ alertId, attempts, tries }) => [alertId, tries, attempts]), [
            ["a", 1, []],
            ["b", failed.counts ? 2 : 1, [failed.attempt]]
          ])
          assert.strictEqual((told[1]?.deliveredAt ?? 0) - (told[0]?.deliveredAt ?? 0), 5_000)
          assert.lengthOf(yield* deliveries.read(1), 1)
          yield* deliveries.forget(entries.map(({ entryId }) => entryId))
          assert.deepStrictEqual(yield* deliveries.read(10), [])
          yield* deliveries.forget([])
        })
    )

    promise("tells where an alert is that is not delivered", () =>
      Effect.gen(function*() {
        const { claimed, finish, handOver } = yield* queueDriver
        const { state } = yield* Deliveries
        yield* handOver([alert("a-1", "A"), alert("a-2", "A")])
        const waiting = yield* state("a-1")
        assert.deepInclude(waiting, { _tag: "waiting", claimed: false, tries: 0, attempts: [] })
        assert.deepStrictEqual(yield* state("a-2"), { _tag: "behind", signature: "A" })
        const [first] = yield* claimed()
        if (!first) return assert.fail("none was claimed")
        assert.deepInclude(yield* state("a-1"), { _tag: "waiting", claimed: true })
        const failed = parked(5_000)
        yield* finish(first, failed)
        assert.deepInclude(yield* state("a-1"), { _tag: "waiting", claimed: false, attempts: [failed.attempt] })
        assert.isUndefined(yield* state("unknown"))
      }))
  })
}
