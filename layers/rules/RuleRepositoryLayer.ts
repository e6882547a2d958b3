import { Effect, Layer } from "effect"
import { afterCommit } from "../idempotency/afterCommit.ts"
import { RuleChanges } from "./RuleChanges.ts"
import { RuleChangesRedis } from "./RuleChangesRedis.ts"
import { RuleRepository } from "./RuleRepository.ts"
import { RuleRepositoryPostgres } from "./RuleRepositoryPostgres.ts"

/** Announces each change of a rule repository once it is committed. */
export const RuleRepositoryAnnounced = Layer.effect(
  RuleRepository,
  Effect.gen(function*() {
    const rules = yield* RuleRepository
    const { announce } = yield* RuleChanges
    const announced = afterCommit(Effect.as(announce, {}), {})
    const announcing =
      <Args extends ReadonlyArray<unknown>, A, E>(change: (...args: Args) => Effect.Effect<A, E>) => (...args: Args) =>
        Effect.tap(change(...args), announced)
    return RuleRepository.of({
      ...rules,
      createRule: announcing(rules.createRule),
      updateRule: (id, edit, author) => Effect.tap(rules.updateRule(id, edit, author), announced),
      restoreRule: announcing(rules.restoreRule),
      deleteRule: announcing(rules.deleteRule),
      replaceRuleSet: (wanted, seen, author) =>
        Effect.tap(
          rules.replaceRuleSet(wanted, seen, author),
          ({ version }) => version === seen ? Effect.void : announced
        ),
      addDevelopmentHost: announcing(rules.addDevelopmentHost),
      removeDevelopmentHost: announcing(rules.removeDevelopmentHost),
      addTeam: announcing(rules.addTeam),
      updateTeam: announcing(rules.updateTeam),
      removeTeam: announcing(rules.removeTeam)
    })
  })
)

/** Keeps rules in PostgreSQL and announces their changes over Redis. */
export const RuleRepositoryLayer = RuleRepositoryAnnounced.pipe(
  Layer.provide([RuleRepositoryPostgres, RuleChangesRedis])
)
