import { Effect } from "effect"
import type { Pace } from "./Bench.ts"

export interface Turns<A> {
  readonly ours: ReadonlyArray<A>
  readonly bare: ReadonlyArray<A>
}

/** Measures both in each round, the one that begins changing with the round, so that what drifts touches both alike. */
export const takeTurns = <A, E, R>(
  flow: Pace,
  what: string,
  { bare, ours }: { readonly ours: Effect.Effect<A, E, R>; readonly bare: Effect.Effect<A, E, R> },
  say: (result: A) => string
): Effect.Effect<Turns<A>, E, R> =>
  Effect.gen(function*() {
    const turns = { ours: [] as Array<A>, bare: [] as Array<A> }
    for (let round = 0; round < flow.rounds; round++) {
      const order = round % 2 === 0 ? (["bare", "ours"] as const) : (["ours", "bare"] as const)
      for (const side of order) {
        const result = yield* side === "ours" ? ours : bare
        turns[side].push(result)
        yield* flow.progress(`${what}, round ${round + 1} of ${flow.rounds}, ${side}: ${say(result)}`)
      }
    }
    return turns
  })
