import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { promising, type QueueWorld } from "./harness.ts"
import { alert, dead, delivered, limits, parked, queueDriver, texts } from "./queueDriver.ts"

/** What any alert queue promises, the breaker aside. */
export const alertQueueSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`alert queue in ${name}: order`, (it) => {
    const promise = promising(it)

    promise(
      "gives alerts as they were handed over, and keeps them until they are settled",
      () =>
        Effect.gen(function*() {
          const { alerts, claimed, finish, handOver, ids } = yield* queueDriver
          yield* handOver([alert("a"), alert("b"), alert("c")])
          const all = yield* claimed()
          assert.deepStrictEqual(all.map(({ attempts, id, payload, tries }) => [id, payload, tries, attempts]), [
            ["a", `{"id":"a"}`, 0, []],
            ["b", `{"id":"b"}`, 0, []],
            ["c", `{"id":"c"}`, 0, []]
          ])
          assert.strictEqual((yield* alerts.backlog).depth, 3)
          assert.deepStrictEqual(yield* ids(), [])
          for (const held of all) assert.isTrue(yield* finish(held, delivered))
          assert.strictEqual((yield* alerts.backlog).depth, 0)
        })
    )

    promise(
      "settles many in one step, each for itself: what is held no more stays as it is",
      () =>
        Effect.gen(function*() {
          const { alerts, books, claimed, handOver, ids, letters } = yield* queueDriver
          yield* handOver([alert("a-1", "A"), alert("a-2", "A"), alert("b", "B"), alert("c", "C"), alert("d", "D")])
          const [a, b, c, d] = yield* claimed()
          if (!a || !b || !c || !d) return assert.fail("not all were claimed")
          const outcomes = [
            { alert: a, outcome: delivered },
            { alert: b, outcome: parked(5_000) },
            { alert: { ...c, lease: "old" }, outcome: delivered },
            { alert: d, outcome: dead },
            { alert: a, outcome: dead }
          ]
          assert.deepStrictEqual(yield* alerts.acknowledge(outcomes, 1_000), [true, true, false, true, false])
          assert.deepStrictEqual(yield* ids(), ["a-2"])
          assert.strictEqual((yield* books.page).delivered, 1)
          assert.deepStrictEqual((yield* letters.list("alerts", 10)).map(({ payload }) => payload), [d.payload])
          assert.deepStrictEqual(yield* alerts.acknowledge([], 1_000), [])
        })
    )

    promise("claims no more than was asked for", () =>
      Effect.gen(function*() {
        const { handOver, ids } = yield* queueDriver
        yield* handOver(texts(5).map((id) => alert(id)))
        assert.lengthOf(yield* ids({ max: 2 }), 2)
        assert.lengthOf(yield* ids({ max: 10 }), 3)
      }))

    promise(
      "gives the alerts of one signature one after the other, and the others meanwhile",
      () =>
        Effect.gen(function*() {
          const { claimed, finish, handOver, ids } = yield* queueDriver
          yield* handOver([alert("a-1", "A"), alert("a-2", "A"), alert("b-1", "B"), alert("a-3", "A")])
          const [first, other] = yield* claimed()
          assert.deepStrictEqual([first?.id, other?.id], ["a-1", "b-1"])
          assert.deepStrictEqual(yield* ids(), [])
          if (first !== undefined) yield* finish(first, delivered)
          const [second] = yield* claimed()
          assert.strictEqual(second?.id, "a-2")
          if (second !== undefined) yield* finish(second, dead)
          assert.deepStrictEqual(yield* ids(), ["a-3"])
        })
    )

    promise(
      "lets a signature that begins like another, or looks like anything, be its own",
      () =>
        Effect.gen(function*() {
          const { handOver, ids } = yield* queueDriver
          const odd = ["h", "h:", "h::1", "", "Ω", "h\n"]
          yield* handOver(odd.map((signature, index) => alert(`o-${index}`, signature)))
          assert.lengthOf(yield* ids(), odd.length)
        })
    )

    promise(
      "keeps the order of each signature, however many work on it and whatever fails between",
      () =>
        Effect.gen(function*() {
          const { claimed, finish, handOver } = yield* queueDriver
          const names = ["A", "B", "C"]
          const all = texts(90, "n").map((id, index) => alert(id, names[index % 3]))
          yield* handOver(all)
          const done: Array<string> = []
          const worker = (number: number) =>
            Effect.gen(function*() {
              for (let turn = 0; turn < 200 && done.length < all.length; turn++) {
                const held = yield* claimed({ max: 2 })
                if (held.length === 0) yield* TestClock.adjust(1)
                for (const one of held) {
                  const fails = (turn + number) % 3 === 0
                  const order = done.push(one.id)
                  if (fails) done.splice(order - 1, 1)
                  assert.isTrue(yield* finish(one, fails ? parked(1) : delivered))
                }
              }
            })
          yield* Effect.forEach([1, 2, 3, 4], worker, { concurrency: 4 })
          for (const signature of names) {
            const wanted = all.filter((one) => one.signature === signature).map(({ id }) => id)
            assert.deepStrictEqual(done.filter((id) => wanted.includes(id)), wanted)
          }
        })
    )

    promise("makes an alert wait as long as it was parked, and its signature behind it", () =>
      Effect.gen(function*() {
        const { finish, handOver, ids, one } = yield* queueDriver
        yield* handOver([alert("a-1", "A"), alert("a-2", "A"), alert("b-1", "B")])
        yield* finish(yield* one(), parked(5_000))
        assert.deepStrictEqual(yield* ids(), ["b-1"])
        yield* TestClock.adjust(4_999)
        assert.deepStrictEqual(yield* ids(), [])
        yield* TestClock.adjust(1)
        assert.deepStrictEqual(yield* ids(), ["a-1"])
      }))

    promise(
      "remembers what was tried: all that counts as tries, and the last 20 as history",
      () =>
        Effect.gen(function*() {
          const { finish, handOver, one } = yield* queueDriver
          yield* handOver([alert("a")])
          for (let index = 0; index < 25; index++) {
            yield* finish(yield* one(), parked(0, { detail: `line\n"${index}"`, counts: index % 5 !== 0 }))
          }
          const { attempts, tries } = yield* one()
          assert.strictEqual(tries, 20)
          assert.deepStrictEqual(
            attempts.map(({ detail }) => detail),
            Array.from({ length: 20 }, (_, index) => `line\n"${index + 5}"`)
          )
        })
    )

    promise("keeps a dead alert with its history", () =>
      Effect.gen(function*() {
        const { books, finish, handOver, letters, one } = yield* queueDriver
        yield* handOver([alert("a")])
        yield* finish(yield* one(), parked(0))
        yield* finish(yield* one(), dead)
        const [kept] = yield* letters.list("alerts", 10)
        assert.deepStrictEqual([kept?.reason, kept?.detail, kept?.payload], ["rejected", "HTTP 400", `{"id":"a"}`])
        assert.deepStrictEqual(kept?.attempts.map(({ detail }) => detail), ["HTTP 500", "HTTP 400"])
        const { alertsDead, alertsWaiting } = yield* books.page
        assert.deepStrictEqual([alertsDead, alertsWaiting], [1, 0])
      }))
  })

  layer(world, { excludeTestServices: true })(`alert queue in ${name}: leases`, (it) => {
    const promise = promising(it)

    promise("are never alike, however many alerts are claimed in one instant", () =>
      Effect.gen(function*() {
        const { claimed, handOver } = yield* queueDriver
        yield* handOver(["a", "b", "c", "d", "e", "f"].map((id) => alert(id)))
        const leases = yield* Effect.forEach([1, 2, 3], (max) =>
          Effect.map(claimed({ max }), (all) => all.map(({ lease }) => lease)))
        assert.lengthOf(new Set(leases.flat()), 6)
      }))

    promise("run out, and then anybody may claim", () =>
      Effect.gen(function*() {
        const { handOver, ids } = yield* queueDriver
        yield* handOver([alert("a")])
        assert.deepStrictEqual(yield* ids(), ["a"])
        yield* TestClock.adjust(limits.leaseMs - 1)
        assert.deepStrictEqual(yield* ids(), [])
        yield* TestClock.adjust(1)
        assert.deepStrictEqual(yield* ids(), ["a"])
      }))

    promise("fence: who settles with an older one is told so and has no effect", () =>
      Effect.gen(function*() {
        const { books, finish, handOver, letters, one } = yield* queueDriver
        yield* handOver([alert("a")])
        const stalled = yield* one()
        yield* TestClock.adjust(limits.leaseMs)
        const heir = yield* one()
        assert.notStrictEqual(stalled.lease, heir.lease)
        for (const outcome of [delivered, parked(0), dead]) assert.isFalse(yield* finish(stalled, outcome))
        assert.strictEqual((yield* books.page).alertsWaiting, 1)
        assert.isTrue(yield* finish(heir, delivered))
        assert.strictEqual((yield* books.page).delivered, 1)
        assert.strictEqual(yield* letters.count("alerts"), 0)
      }))

    promise("hold beyond their time while nobody else has claimed", () =>
      Effect.gen(function*() {
        const { finish, handOver, ids, one } = yield* queueDriver
        yield* handOver([alert("a")])
        const slow = yield* one()
        yield* TestClock.adjust(limits.leaseMs * 3)
        assert.isTrue(yield* finish(slow, delivered))
        assert.deepStrictEqual(yield* ids(), [])
      }))

    promise("end with the first outcome", () =>
      Effect.gen(function*() {
        const { books, finish, handOver, one } = yield* queueDriver
        yield* handOver([alert("a"), alert("b")])
        const done = yield* one()
        const resting = yield* one()
        assert.isTrue(yield* finish(done, delivered))
        assert.isFalse(yield* finish(done, delivered))
        assert.isTrue(yield* finish(resting, parked(0)))
        assert.isFalse(yield* finish(resting, delivered))
        assert.isFalse(yield* finish({ ...resting, lease: "" }, delivered))
        assert.strictEqual((yield* books.page).delivered, 1)
      }))

    promise("are given to one of many who claim at once", () =>
      Effect.gen(function*() {
        const { handOver, ids } = yield* queueDriver
        const all = texts(30)
        yield* handOver(all.map((id) => alert(id)))
        const got = yield* Effect.forEach(Array.from({ length: 12 }), () => ids({ max: 5 }), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(got.flat().sort(), [...all].sort())
      }))
  })

  layer(world, { excludeTestServices: true })(`alert queue in ${name}: pace`, (it) => {
    const promise = promising(it)
    const slow = { rate: 10, ratePeriodMs: 1_000 }

    promise(
      "lets a period's worth through at once and then one by one, for all workers together",
      () =>
        Effect.gen(function*() {
          const { claim, handOver, ids } = yield* queueDriver
          yield* handOver(texts(40).map((id) => alert(id)))
          assert.lengthOf(yield* ids({ ...slow, max: 6 }), 6)
          assert.lengthOf(yield* ids({ ...slow, max: 6 }), 4)
          assert.deepStrictEqual(yield* claim(slow), { _tag: "limited", waitMs: 100 })
          yield* TestClock.adjust(99)
          assert.deepStrictEqual(yield* claim(slow), { _tag: "limited", waitMs: 1 })
          yield* TestClock.adjust(1)
          assert.lengthOf(yield* ids(slow), 1)
          yield* TestClock.adjust("1 hour")
          const both = yield* Effect.all([ids({ ...slow, max: 8 }), ids({ ...slow, max: 8 })], { concurrency: 2 })
          assert.strictEqual(both.flat().length, 10)
        })
    )

    promise("spends nothing on a claim that comes to nothing", () =>
      Effect.gen(function*() {
        const { claim, handOver, ids } = yield* queueDriver
        for (let look = 0; look < 20; look++) assert.strictEqual((yield* claim(slow))._tag, "empty")
        yield* handOver(texts(10).map((id) => alert(id)))
        assert.lengthOf(yield* ids(slow), 10)
      }))

    promise("follows a limit that changes", () =>
      Effect.gen(function*() {
        const { claim, handOver, ids } = yield* queueDriver
        yield* handOver(texts(300).map((id) => alert(id)))
        assert.lengthOf(yield* ids({ max: 1, rate: 1, ratePeriodMs: 3_600_000 }), 1)
        assert.strictEqual((yield* claim({ rate: 1, ratePeriodMs: 3_600_000 }))._tag, "limited")
        yield* TestClock.adjust(1_000)
        assert.lengthOf(yield* ids({ rate: 100, ratePeriodMs: 1_000 }), 100)
        yield* TestClock.adjust(1_000)
        assert.lengthOf(yield* ids({ rate: 5, ratePeriodMs: 1_000 }), 5)
      }))

    promise("tells when the next is due", () =>
      Effect.gen(function*() {
        const { claim, finish, handOver, one } = yield* queueDriver
        assert.deepStrictEqual(yield* claim(), { _tag: "empty", waitMs: 1_000 })
        yield* handOver([alert("a"), alert("b")])
        yield* finish(yield* one(), parked(700))
        yield* one()
        assert.deepStrictEqual(yield* claim(), { _tag: "empty", waitMs: 700 })
        yield* TestClock.adjust(600)
        assert.deepStrictEqual(yield* claim(), { _tag: "empty", waitMs: 100 })
      }))
  })
}
