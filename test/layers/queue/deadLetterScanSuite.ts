import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { deadEvents } from "./deadLettersSuite.ts"
import { promising, type QueueWorld } from "./harness.ts"
import { queueDriver, texts } from "./queueDriver.ts"

/** What any keeper of dead letters promises to who goes through many of them. */
export const deadLetterScanSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`many dead letters in ${name}`, (it) => {
    const promise = promising(it)

    promise(
      "are read oldest first between two ids, and what an operation set out to do is kept",
      () =>
        Effect.gen(function*() {
          const { letters } = yield* queueDriver
          const ids = yield* deadEvents(texts(5))
          const between = (limit: number, after?: string, upTo?: string) =>
            Effect.map(letters.scan("events", limit, { after, upTo }), (some) => some.map(({ entryId }) => entryId))
          assert.deepStrictEqual(yield* between(9), ids)
          assert.deepStrictEqual(yield* between(2, ids[0]), ids.slice(1, 3))
          assert.deepStrictEqual(yield* between(9, ids[1], ids[3]), ids.slice(2, 4))
          assert.deepStrictEqual(yield* between(9, ids[4]), [])
          assert.isUndefined(yield* letters.begun("op"))
          assert.deepStrictEqual(yield* letters.begin("op", ["5-0", "7"]), ["5-0", "7"])
          assert.deepStrictEqual(yield* letters.begin("op", ["9-0", "1"]), ["5-0", "7"])
          assert.deepStrictEqual(yield* letters.begun("op"), ["5-0", "7"])
        })
    )
  })
}
