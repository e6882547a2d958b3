import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Turns } from "../../../src/logic/Turns.ts"

/** Pauses so often, noting each; at each pause the clock has moved on, so that a slice is one step. */
function* counting(name: string, pauses: number, seen: Array<string>): Generator<void, string> {
  for (let i = 0; i < pauses; i++) {
    seen.push(name)
    yield
  }
  return name
}

/** A clock that moves on by a millisecond with each look. */
const ticking = (step: bigint) =>
  Effect.clockWith((clock) => {
    let now = 0n
    return Effect.succeed({ ...clock, monotonicTimeNanosUnsafe: () => now += step * 1_000_000n })
  })

describe("turns", () => {
  it.effect("let others run between two slices, and give each computation one slice in its turn", () =>
    Effect.gen(function*() {
      const turns = new Turns()
      const seen: Array<string> = []
      const clock = yield* ticking(3n)
      const a = counting("a", 7, seen)
      const b = counting("b", 7, seen)
      // The slice ends five milliseconds behind its first pause.
      assert.isUndefined(turns.begin(a, clock))
      assert.deepStrictEqual(seen, ["a", "a", "a"])
      const others = yield* Effect.forkChild(
        Effect.forever(Effect.andThen(Effect.sync(() => seen.push("-")), Effect.yieldNow))
      )
      const fibers = [yield* Effect.forkChild(turns.rest(a)), yield* Effect.forkChild(turns.rest(b))]
      assert.deepStrictEqual(yield* Effect.all(fibers.map(Fiber.join)), ["a", "b"])
      yield* Fiber.interrupt(others)
      assert.notMatch(seen.join(""), /ab|ba/)
    }))

  it.effect("cost no look at the clock where there is no pause", () =>
    Effect.gen(function*() {
      const turns = new Turns()
      const clock = yield* Effect.clockWith(Effect.succeed)
      const blind = { ...clock, monotonicTimeNanosUnsafe: () => assert.fail("looked") }
      assert.deepStrictEqual(turns.begin(counting("a", 0, []), blind), { value: "a" })
    }))

  it.live("end with whoever waits for them", () =>
    Effect.gen(function*() {
      const turns = new Turns()
      const seen: Array<string> = []
      const fiber = yield* Effect.forkChild(turns.rest(counting("a", 1e9, seen)))
      yield* Effect.yieldNow
      yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      // Nobody waits any more: the first slice is a whole one again.
      assert.strictEqual(yield* turns.run(counting("b", 3, [])), "b")
    }))
})
