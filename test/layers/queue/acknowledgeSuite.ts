import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import type { Acknowledged, Delivery, EncodedAlert, MetaAlerts, Outcome } from "../../../layers/queue/EventQueue.ts"
import { promising, type QueueWorld } from "./harness.ts"
import { alert, letter, queueDriver, texts } from "./queueDriver.ts"

const nothing: Acknowledged = { forwarded: 0, suppressed: 0, unmatched: 0, dead: 0, metaAlerts: 0, repeated: 0 }

/** One of each kind, by turns. */
const mixed = ({ payload, position }: Delivery, index: number): Outcome => {
  switch (index % 4) {
    case 0:
      return { _tag: "forwarded", position, alert: alert(`alert of ${payload}`) }
    case 1:
      return { _tag: "suppressed", position }
    case 2:
      return { _tag: "unmatched", position, fingerprint: "host:print" }
    default:
      return { _tag: "dead", position, letter: letter("poison") }
  }
}

const window = 60_000
const meta = (threshold: number, ...candidates: ReadonlyArray<readonly [string, EncodedAlert]>): MetaAlerts => ({
  threshold,
  windowMs: window,
  candidates: new Map(candidates)
})

/** What any event queue promises of ending events. */
export const acknowledgeSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`settling in ${name}`, (it) => {
    const promise = promising(it)

    promise("ends every event in the way it was said, and once", () =>
      Effect.gen(function*() {
        const { accept, books, ids, letters, acknowledge, take } = yield* queueDriver
        yield* accept(texts(2_400))
        const outcomes = (yield* take(2_400)).map(mixed)
        assert.deepStrictEqual(yield* acknowledge(outcomes), {
          ...nothing,
          forwarded: 600,
          suppressed: 600,
          unmatched: 600,
          dead: 600
        })
        assert.deepStrictEqual(yield* acknowledge(outcomes), { ...nothing, repeated: 2_400 })
        const page = yield* books.page
        assert.deepStrictEqual(
          [page.forwarded, page.suppressed, page.unmatched, page.eventsDead, page.eventsWaiting, page.alertsWaiting],
          [600, 600, 600, 600, 0, 600]
        )
        assert.strictEqual(yield* letters.count("events"), 600)
        assert.lengthOf(yield* ids({ max: 1_000 }), 600)
        assert.deepStrictEqual(yield* acknowledge([]), nothing)
      }))

    promise("has one effect when two consumers settle the same delivery at once", () =>
      Effect.gen(function*() {
        const { accept, books, events, acknowledge, take } = yield* queueDriver
        yield* accept(texts(40))
        const slow = yield* take(40, "slow")
        const heir = yield* events.reclaim("heir", 0, 40)
        const results = yield* Effect.all([acknowledge(slow.map(mixed)), acknowledge(heir.map(mixed))], {
          concurrency: 2
        })
        assert.sameMembers(results.map(({ repeated }) => repeated), [0, 40])
        const page = yield* books.page
        assert.deepStrictEqual([page.forwarded, page.suppressed, page.unmatched, page.eventsDead], [10, 10, 10, 10])
      }))

    promise("skips what was settled before, and does the rest of the batch", () =>
      Effect.gen(function*() {
        const { accept, ids, acknowledge, take } = yield* queueDriver
        yield* accept(texts(12))
        const outcomes = (yield* take()).map(mixed)
        yield* acknowledge(outcomes.slice(0, 5))
        assert.deepStrictEqual(yield* acknowledge(outcomes.slice(3)), {
          forwarded: 1,
          suppressed: 2,
          unmatched: 2,
          dead: 2,
          metaAlerts: 0,
          repeated: 2
        })
        assert.sameMembers(yield* ids(), ["alert of e-0", "alert of e-4", "alert of e-8"])
      }))

    promise("counts a delivery once that is twice in one batch", () =>
      Effect.gen(function*() {
        const { accept, acknowledge, take } = yield* queueDriver
        yield* accept(["e"])
        const twice = (yield* take()).flatMap((delivery) => [mixed(delivery, 0), mixed(delivery, 1)])
        assert.deepStrictEqual(yield* acknowledge(twice), { ...nothing, forwarded: 1, repeated: 1 })
      }))

    promise("ignores deliveries that never were", () =>
      Effect.gen(function*() {
        const { acknowledge } = yield* queueDriver
        assert.deepStrictEqual(
          yield* acknowledge([{ _tag: "suppressed", position: { entry: "1-1", index: 0, size: 1, bytes: 9 } }]),
          {
            ...nothing,
            repeated: 1
          }
        )
      }))

    promise(
      "hands an alert over once, also when two events bring the same, and after it is delivered",
      () =>
        Effect.gen(function*() {
          const { books, finish, handOver, ids, one } = yield* queueDriver
          assert.deepStrictEqual(yield* handOver([alert("a"), alert("a")]), { ...nothing, forwarded: 1, suppressed: 1 })
          yield* finish(yield* one(), { _tag: "delivered" })
          assert.deepStrictEqual(yield* handOver([alert("a")]), { ...nothing, suppressed: 1 })
          assert.deepStrictEqual(yield* ids(), [])
          const { delivered, forwarded, suppressed } = yield* books.page
          assert.deepStrictEqual([forwarded, suppressed, delivered], [1, 2, 1])
        })
    )
  })

  layer(world, { excludeTestServices: true })(`meta-alerts in ${name}`, (it) => {
    const promise = promising(it)

    /** So many events of one fingerprint, settled as one batch. */
    const unmatched = Effect.fnUntraced(function*(count: number, metaAlerts: MetaAlerts, fingerprint = "h:1") {
      const { accept, acknowledge, take } = yield* queueDriver
      yield* accept(texts(count))
      const { metaAlerts: raised, unmatched } = yield* acknowledge(
        (yield* take(count)).map(({ position }) => ({ _tag: "unmatched", position, fingerprint })),
        metaAlerts
      )
      assert.strictEqual(unmatched, count)
      return raised
    })

    promise(
      "are raised when the threshold is reached, across batches, and not again while it is quiet",
      () =>
        Effect.gen(function*() {
          const { books, claimed } = yield* queueDriver
          const ten = meta(10, ["h:1", alert("m-1", "h")])
          assert.strictEqual(yield* unmatched(9, ten), 0)
          assert.strictEqual(yield* unmatched(30, ten), 1)
          assert.strictEqual(yield* unmatched(30, meta(10, ["h:1", alert("m-2", "h")])), 0)
          assert.deepStrictEqual((yield* claimed()).map(({ id, payload }) => [id, payload]), [["m-1", `{"id":"m-1"}`]])
          const page = yield* books.page
          assert.deepStrictEqual([page.unmatched, page.metaAlerts], [69, 1])
        })
    )

    promise("are counted for each fingerprint by itself", () =>
      Effect.gen(function*() {
        const both = meta(3, ["h:1", alert("m-1")], ["h:2", alert("m-2")])
        assert.strictEqual(yield* unmatched(2, both, "h:1"), 0)
        assert.strictEqual(yield* unmatched(2, both, "h:2"), 0)
        assert.strictEqual(yield* unmatched(1, both, "h:2"), 1)
        assert.strictEqual(yield* unmatched(1, both, "h:1"), 1)
      }))

    promise("count a window from its first event, and begin anew after it", () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* unmatched(2, meta(3, ["h:1", alert("m-1")])), 0)
        yield* TestClock.adjust(window - 1)
        assert.strictEqual(yield* unmatched(0, meta(3)), 0)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* unmatched(2, meta(3, ["h:1", alert("m-2")])), 0)
        assert.strictEqual(yield* unmatched(1, meta(3, ["h:1", alert("m-3")])), 1)
      }))

    promise(
      "stay quiet for one window after they were raised, and can be raised again then",
      () =>
        Effect.gen(function*() {
          assert.strictEqual(yield* unmatched(1, meta(1, ["h:1", alert("m-1")])), 1)
          yield* TestClock.adjust(window - 1)
          assert.strictEqual(yield* unmatched(5, meta(1, ["h:1", alert("m-2")])), 0)
          yield* TestClock.adjust(1)
          assert.strictEqual(yield* unmatched(5, meta(1, ["h:1", alert("m-3")])), 1)
        })
    )

    promise("are raised by the next event when the threshold is lowered below the count", () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* unmatched(50, meta(100, ["h:1", alert("m-1")])), 0)
        assert.strictEqual(yield* unmatched(1, meta(10, ["h:1", alert("m-2")])), 1)
      }))

    promise(
      "are raised by a later event when the one that reached the count brought none",
      () =>
        Effect.gen(function*() {
          assert.strictEqual(yield* unmatched(5, meta(3)), 0)
          assert.strictEqual(yield* unmatched(1, meta(3, ["h:1", alert("m-1")])), 1)
        })
    )

    promise("are made only for counts that are reached", () =>
      Effect.gen(function*() {
        const asked: Array<string> = []
        const candidates = {
          get: (fingerprint: string) => {
            asked.push(fingerprint)
            return alert(`m ${fingerprint}`)
          }
        }
        yield* unmatched(2, { threshold: 3, windowMs: window, candidates }, "h:1")
        assert.deepStrictEqual(asked, [])
        assert.strictEqual(yield* unmatched(2, { threshold: 3, windowMs: window, candidates }, "h:1"), 1)
        assert.include(asked, "h:1")
      }))

    promise("are raised once when two consumers reach the count together", () =>
      Effect.gen(function*() {
        const { accept, acknowledge, take } = yield* queueDriver
        yield* accept(texts(20))
        const batches = [yield* take(10, "one"), yield* take(10, "two")]
        const results = yield* Effect.forEach(batches, (batch, index) =>
          acknowledge(
            batch.map(({ position }) => ({ _tag: "unmatched", position, fingerprint: "h:1" })),
            meta(10, ["h:1", alert(`m-${index}`)])
          ), { concurrency: 2 })
        assert.strictEqual(results.reduce((sum, { metaAlerts }) => sum + metaAlerts, 0), 1)
        assert.strictEqual(results.reduce((sum, { unmatched }) => sum + unmatched, 0), 20)
      }))

    promise(
      "come of a flood of ever new messages too, whose count they share beyond 100,000",
      () =>
        Effect.gen(function*() {
          const { accept, books, acknowledge, take } = yield* queueDriver
          let made = 0
          const candidates = { get: (fingerprint: string) => alert(`m ${fingerprint}`) }
          const flood = Effect.fnUntraced(function*(count: number) {
            yield* accept(texts(count))
            const deliveries = yield* take(count)
            return yield* acknowledge(
              deliveries.map(({ position }) => ({ _tag: "unmatched", position, fingerprint: `h:${++made}` })),
              { threshold: 100, windowMs: window, candidates }
            )
          })
          for (let batch = 0; batch < 20; batch++) assert.strictEqual((yield* flood(5_000)).metaAlerts, 0)
          assert.strictEqual((yield* flood(99)).metaAlerts, 0)
          assert.strictEqual((yield* flood(50)).metaAlerts, 1)
          assert.strictEqual((yield* flood(200)).metaAlerts, 0)
          assert.strictEqual((yield* books.page).metaAlerts, 1)
          // What was counted before the flood is counted on.
          assert.strictEqual(yield* unmatched(99, { threshold: 100, windowMs: window, candidates }, "h:7"), 1)
        })
    )
  })
}
