import { Effect, Ref } from "effect"
import { until } from "../support/eventually.ts"

/** Of a client that many users keep busy; `served` counts what they got. */
export interface Busy {
  readonly served: Ref.Ref<number>
  /** Generation of secrets → connections logged in with it. */
  readonly connections: Effect.Effect<ReadonlyMap<number, number>>
  readonly store: { readonly set: (values: Readonly<Record<string, string>>) => Effect.Effect<void> }
}

/** Steps of a change of password under load, each done when the client's connections say so and its users are served on. */
export const underLoad = ({ connections, served, store }: Busy) => {
  let generation = 1
  const servesOn = Effect.flatMap(Ref.get(served), (before) => until(Ref.get(served), (now) => now > before + 100))
  const follows = (secrets: Readonly<Record<string, string>>) =>
    Effect.gen(function*() {
      yield* store.set(secrets)
      generation++
      yield* until(connections, (own) => own.size === 1 && own.has(generation))
      yield* servesOn
    })
  return { servesOn, follows }
}
