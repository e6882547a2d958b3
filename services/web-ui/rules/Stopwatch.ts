/** Measures how long a computation runs, without its pauses. */
export class Stopwatch {
  #spent = 0n
  readonly #now: () => bigint

  /** `now` is in nanoseconds and only goes forward. */
  constructor(now: () => bigint) {
    this.#now = now
  }

  get ms(): number {
    return Number(this.#spent) / 1e6
  }

  /** Runs the steps, pause by pause; `undefined` when they have taken longer than `mostMs`. */
  *run<A>(steps: Generator<void, A>, mostMs: number): Generator<void, { readonly value: A } | undefined> {
    for (;;) {
      const from = this.#now()
      const step = steps.next()
      this.#spent += this.#now() - from
      if (step.done === true) return { value: step.value }
      if (this.ms > mostMs) return undefined
      yield
    }
  }
}
