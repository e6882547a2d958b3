import { Clock, Effect, Semaphore } from "effect"

/** Milliseconds of work in one turn of the event loop. */
const usualSliceMs = 5

/** Shares the turns of the event loop among long computations: one slice of one of them in each turn. */
export class Turns {
  readonly #one = Semaphore.makeUnsafe(1)
  /** A computation used up its slice in this turn of the event loop. */
  #used = false
  readonly #sliceMs: number

  constructor(sliceMs = usualSliceMs) {
    this.#sliceMs = sliceMs
  }

  /**
   * Runs the steps for a slice, or to their first pause when another used up its slice in this turn; `undefined` when
   * they are not done, and then `rest` goes on. What ends before its first pause costs no look at the clock.
   */
  begin<A>(steps: Generator<void, A>, clock: Clock.Clock): { readonly value: A } | undefined {
    const done = slice(steps, clock, this.#used ? 0 : this.#sliceMs)
    if (done === undefined) this.#used = true
    return done
  }

  /** Runs the rest, slice by slice. */
  rest<A>(steps: Generator<void, A>): Effect.Effect<A> {
    const next = Effect.map(
      // The turn is held until the event loop has turned, so that no other slice follows at once.
      this.#one.withPermits(1)(Effect.andThen(Effect.yieldNow, Clock.Clock)),
      (clock) => {
        this.#used = false
        return slice(steps, clock, this.#sliceMs)
      }
    )
    return Effect.gen(function*() {
      for (;;) {
        const done = yield* next
        if (done !== undefined) return done.value
      }
    })
  }

  /** Runs the steps to their end, in slices where they take long. */
  run<A>(steps: Generator<void, A>): Effect.Effect<A> {
    return Effect.flatMap(Clock.Clock, (clock) => {
      const done = this.begin(steps, clock)
      return done === undefined ? this.rest(steps) : Effect.succeed(done.value)
    })
  }
}

const slice = <A>(steps: Generator<void, A>, clock: Clock.Clock, ms: number): { readonly value: A } | undefined => {
  let until: bigint | undefined
  for (;;) {
    const step = steps.next()
    if (step.done === true) return { value: step.value }
    const now = clock.monotonicTimeNanosUnsafe()
    until ??= now + BigInt(ms * 1_000_000)
    if (now >= until) return undefined
  }
}
