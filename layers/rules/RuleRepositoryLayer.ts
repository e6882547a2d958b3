import { Effect, Layer } from "effect"
import { afterCommit } from "../idempotency/afterCommit.ts"
import { RuleNews } from "./RuleChanges.ts"
import { RuleNewsRedis } from "./RuleChangesRedis.ts"
import { RuleBook } from "./RuleRepository.ts"
import { RuleBookPostgres } from "./RuleRepositoryPostgres.ts"

/** A rule book that announces each change once it is committed. */
export const RuleBookAnnounced = Layer.effect(
  RuleBook,
  Effect.gen(function*() {
    const book = yield* RuleBook
    const { announce } = yield* RuleNews
    const announced = afterCommit(Effect.as(announce, {}), {})
    const told =
      <Args extends ReadonlyArray<unknown>, A, E>(change: (...args: Args) => Effect.Effect<A, E>) => (...args: Args) =>
        Effect.tap(change(...args), announced)
    return RuleBook.of({
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
export const RuleBookLayer = RuleBookAnnounced.pipe(Layer.provide([RuleBookPostgres, RuleNewsRedis]))
