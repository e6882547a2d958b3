import { Effect, Layer } from "effect"
import { afterCommit } from "../idempotency/afterCommit.ts"
import { RuleChanges } from "./RuleChanges.ts"
import { RuleChangesRedis } from "./RuleChangesRedis.ts"
import { RuleRepository } from "./RuleRepository.ts"
import { RuleRepositoryPostgres } from "./RuleRepositoryPostgres.ts"

/** A rule book that announces each change once it is committed. */
export const RuleRepositoryAnnounced = Layer.effect(
  RuleRepository,
  Effect.gen(function*() {
    const book = yield* RuleRepository
    const { announce } = yield* RuleChanges
    const announced = afterCommit(Effect.as(announce, {}), {})
    const told =
      <Args extends ReadonlyArray<unknown>, A, E>(change: (...args: Args) => Effect.Effect<A, E>) => (...args: Args) =>
        Effect.tap(change(...args), announced)
    return RuleRepository.of({
      ...book,
      createRule: told(book.createRule),
      updateRule: (id, edit, change) => Effect.tap(book.updateRule(id, edit, change), announced),
      deleteRule: told(book.deleteRule),
      addDevelopmentHost: told(book.addDevelopmentHost),
      removeDevelopmentHost: told(book.removeDevelopmentHost),
      addTeam: told(book.addTeam),
      updateTeam: told(book.updateTeam),
      removeTeam: told(book.removeTeam)
    })
  })
)

/** The rule book of the programs: in PostgreSQL, announced over Redis. */
export const RuleRepositoryLayer = RuleRepositoryAnnounced.pipe(
  Layer.provide([RuleRepositoryPostgres, RuleChangesRedis])
)
