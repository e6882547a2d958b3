import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, type Layer } from "effect"
import { type KeptAnswer, type KeyedRequest, KeyedRequests } from "../../../layers/idempotency/KeyedRequests.ts"

const request = (key: string, rest: Partial<KeyedRequest> = {}): KeyedRequest => ({
  caller: "noc",
  key,
  method: "POST",
  path: "/api/v1/rules",
  bodyHash: "0".repeat(64),
  ...rest
})
const answer: KeptAnswer = { status: 201, etag: "\"e-1\"", body: "{\"id\":1}" }

/** What any keeper of requests promises. */
export const keyedRequestsSuite = <E>(name: string, world: Layer.Layer<KeyedRequests, E>) => {
  layer(world, { excludeTestServices: true })(`requests with an Idempotency-Key in ${name}`, (it) => {
    for (const way of ["whole", "inSteps"] as const) {
      /** Asks for a change that counts how often it is made. */
      const asking = (asked: KeyedRequest, change: Effect.Effect<KeptAnswer, string>) =>
        Effect.flatMap(
          KeyedRequests,
          (keyed) =>
            way === "whole"
              ? keyed.whole(asked, change)
              : keyed.inSteps(asked, () => change, (error) => error === "refused")
        )

      it.effect(`${way}: is one change and one answer, also when the answer was amended`, () =>
        Effect.gen(function*() {
          const { amend } = yield* KeyedRequests
          const asked = request(`${way} once`)
          let made = 0
          const change = Effect.sync(() => {
            made += 1
            return answer
          })
          assert.deepStrictEqual(yield* asking(asked, change), { answer, replayed: false })
          assert.deepStrictEqual(yield* asking(asked, change), { answer, replayed: true })
          const fuller = { ...answer, body: "{\"id\":1,\"told\":true}" }
          yield* amend(asked, fuller)
          assert.deepStrictEqual(yield* asking(asked, change), { answer: fuller, replayed: true })
          assert.strictEqual(made, 1)
        }))

      it.effect(`${way}: another method, path or body is another request; another caller's key is another key`, () =>
        Effect.gen(function*() {
          const asked = request(`${way} other`)
          yield* asking(asked, Effect.succeed(answer))
          for (const rest of [{ method: "PUT" }, { path: "/api/v1/teams" }, { bodyHash: "1".repeat(64) }]) {
            const error = yield* Effect.flip(asking({ ...asked, ...rest }, Effect.die("it was made")))
            assert.strictEqual(typeof error === "object" ? error.reason : error, "keyReused")
          }
          const other = yield* asking({ ...asked, caller: "root", path: "/api/v1/teams" }, Effect.succeed(answer))
          assert.isFalse(other.replayed)
        }))

      it.effect(`${way}: what was refused is tried anew`, () =>
        Effect.gen(function*() {
          const asked = request(`${way} refused`)
          assert.strictEqual(yield* Effect.flip(asking(asked, Effect.fail("refused"))), "refused")
          assert.isFalse((yield* asking(asked, Effect.succeed(answer))).replayed)
        }))

      it.effect(`${way}: the second while the first is under way is told so`, () =>
        Effect.gen(function*() {
          const asked = request(`${way} twice`)
          const begun = yield* Deferred.make<void>()
          const go = yield* Deferred.make<void>()
          const slow = Deferred.succeed(begun, undefined).pipe(
            Effect.andThen(Deferred.await(go)),
            Effect.as(answer)
          )
          const first = yield* Effect.forkChild(asking(asked, slow))
          yield* Deferred.await(begun)
          const error = yield* Effect.flip(asking(asked, Effect.die("it was made")))
          assert.strictEqual(typeof error === "object" ? error.reason : error, "underWay")
          yield* Deferred.succeed(go, undefined)
          assert.isFalse((yield* Fiber.join(first)).replayed)
          assert.isTrue((yield* asking(asked, Effect.die("it was made"))).replayed)
        }))
    }

    it.effect("in steps: goes on under the same operation when nobody knows how the first one ended", () =>
      Effect.gen(function*() {
        const { inSteps } = yield* KeyedRequests
        const asked = request("unknown")
        const operations: Array<string> = []
        const change = (end: Effect.Effect<KeptAnswer, string>) =>
          inSteps(asked, (operation) => {
            operations.push(operation)
            return end
          }, (error) => error === "refused")
        yield* Effect.flip(change(Effect.fail("unknown")))
        yield* Effect.exit(change(Effect.die("a defect")))
        yield* Effect.flip(change(Effect.fail("refused")))
        assert.isFalse((yield* change(Effect.succeed(answer))).replayed)
        assert.lengthOf(operations, 4)
        assert.strictEqual(new Set(operations).size, 1)
        assert.notStrictEqual(operations[0], "")
      }))
  })
}
