import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { type PlacedAlert, WaitingAlerts } from "../../../layers/queue/WaitingAlerts.ts"
import { promising, type QueueWorld } from "./harness.ts"
import { sides } from "./modelTest.ts"
import { alert, delivered, parked, queueDriver, texts } from "./queueDriver.ts"

const ids = (some: ReadonlyArray<PlacedAlert>) => some.map((placed) => placed.alert.id)

/** What any queue shows of the alerts on their way. */
export const waitingAlertsSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`alerts on their way in ${name}`, (it) => {
    const promise = promising(it)

    promise("are shown where they are, with what was tried, page by page", () =>
      Effect.gen(function*() {
        const { claimed, finish, handOver } = yield* queueDriver
        const waiting = yield* WaitingAlerts
        const many = texts(7, "m")
        yield* handOver([alert("a-1", "A"), alert("a-2", "A"), alert("a-3", "A"), alert("b")])
        const [a, b] = yield* claimed()
        if (!a || !b) return assert.fail("not all were claimed")
        const failed = parked(5_000)
        yield* finish(a, failed)
        yield* handOver(many.map((id) => alert(id)))
        const all = yield* waiting.due(100)
        assert.deepStrictEqual(
          all.map(({ alert }) => [alert.id, alert.state]),
          [...many.map((id) => [id, "waiting"]), ["a-1", "parked"], ["b", "claimed"]]
        )
        const [shown] = yield* waiting.find(["a-1", "unknown"])
        assert.deepInclude(shown, {
          id: "a-1",
          state: "parked",
          tries: 1,
          signature: "A",
          payload: "{\"id\":\"a-1\"}",
          attempts: [failed.attempt]
        })
        // All seven are due at one time: only the id tells where a page ended.
        const pages: Array<ReadonlyArray<PlacedAlert>> = []
        for (let after: string | undefined, more = true; more;) {
          const page = yield* waiting.due(2, after)
          pages.push(page)
          after = page.at(-1)?.place
          more = page.length > 0
        }
        assert.deepStrictEqual(pages.flatMap(ids), ids(all))
        const behind = yield* waiting.behind(1)
        const rest = yield* waiting.behind(9, behind[0]?.place)
        assert.deepStrictEqual([...behind, ...rest].map(({ alert }) => [alert.id, alert.state, alert.dueAt]), [
          ["a-2", "waiting", undefined],
          ["a-3", "waiting", undefined]
        ])
        yield* TestClock.adjust(60_000)
        assert.deepStrictEqual((yield* waiting.find(["b", "a-1"])).map(({ state }) => state), ["waiting", "waiting"])
        assert.deepStrictEqual(yield* waiting.find([]), [])
      }))

    promise(
      "that are parked become due when they are retried, once, and no other is touched",
      () =>
        Effect.gen(function*() {
          const { claimed, finish, handOver } = yield* queueDriver
          const waiting = yield* WaitingAlerts
          yield* handOver([alert("a-1", "A"), alert("a-2", "A"), alert("b"), alert("c")])
          const [a, b, c] = yield* claimed()
          if (!a || !b || !c) return assert.fail("not all were claimed")
          yield* finish(a, parked(60_000))
          yield* finish(c, parked(60_000))
          const asked = ["a-1", "a-2", "b", "unknown", "a-1"]
          assert.deepStrictEqual(yield* waiting.retry(asked), ["a-1"])
          assert.deepStrictEqual(yield* waiting.retry(asked), [])
          const [again, ...none] = yield* claimed()
          assert.deepStrictEqual([again?.id, again?.tries, none], ["a-1", 1, []])
          assert.isTrue(yield* finish(b, delivered))
          assert.deepStrictEqual((yield* waiting.find(["c"])).map(({ state }) => state), ["parked"])
        })
    )

    promise(
      "that were lost are handed over from the record once, in their order, and are counted",
      () =>
        Effect.gen(function*() {
          const { books, claimed, finish, handOver, ids } = yield* queueDriver
          const waiting = yield* WaitingAlerts
          yield* handOver([alert("here"), alert("gone")])
          for (const one of yield* claimed({ max: 2 })) if (one.id === "gone") yield* finish(one, delivered)
          const lost = ["a-1", "a-2", "here", "gone", "b", "a-1"].map((id) => alert(id, id.slice(0, 1)))
          assert.deepStrictEqual(yield* waiting.handOver(lost, 100), { _tag: "done", waiting: 4, enqueued: 3 })
          assert.deepStrictEqual(yield* waiting.handOver(lost, 100), { _tag: "done", waiting: 4, enqueued: 0 })
          assert.deepStrictEqual(yield* waiting.handOver([alert("c")], 4), { _tag: "full", waiting: 4 })
          const page = yield* books.page
          assert.deepInclude(page, { forwarded: 2, recovered: 3, delivered: 1, alertsWaiting: 4 })
          for (const [one, other] of sides(page)) assert.strictEqual(one, other)
          assert.sameMembers([...(yield* ids())], ["a-1", "b"])
        })
    )
  })
}
