import { assert, it } from "@effect/vitest"
import { Effect, Layer, Ref, Stream } from "effect"
import { RuleChanges } from "../../../layers/rules/RuleChanges.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { RuleRepositoryAnnounced } from "../../../layers/rules/RuleRepositoryLayer.ts"
import { ConfigAuditMemory } from "../audit/ConfigAuditMemory.ts"
import { ruleDraft } from "./ruleDraft.ts"
import { RuleRepositoryMemory } from "./RuleRepositoryMemory.ts"

const change = { actor: "a", reason: null, correlationId: "c" }
it.effect("a rule book announces each change that is made, and none that is refused", () =>
  Effect.gen(function*() {
    const told = yield* Ref.make(0)
    const announced = (by: Effect.Effect<unknown, unknown>, times: number) =>
      Effect.gen(function*() {
        yield* Ref.set(told, 0)
        yield* Effect.ignore(by)
        assert.strictEqual(yield* Ref.get(told), times)
      })
    const news = Layer.succeed(RuleChanges, { announce: Ref.update(told, (n) => n + 1), heard: Stream.never })
    yield* Effect.gen(function*() {
      const book = yield* RuleRepository
      yield* announced(book.rules, 0)
      yield* announced(book.createRule(ruleDraft, change), 1)
      yield* announced(book.updateRule(1, (rule) => Effect.succeed({ ...rule, priority: 2 }), change), 1)
      yield* announced(book.updateRule(9, Effect.succeed, change), 0)
      yield* announced(book.deleteRule(1, change), 1)
      yield* announced(book.deleteRule(1, change), 0)
      yield* announced(book.addDevelopmentHost("h", change), 1)
      yield* announced(book.addDevelopmentHost("h", change), 0)
      yield* announced(book.removeDevelopmentHost("h", change), 1)
      yield* announced(book.addTeam("h", "t", change), 1)
      yield* announced(book.updateTeam("h", "u", change), 1)
      yield* announced(book.removeTeam("h", change), 1)
    }).pipe(
      Effect.provide(
        RuleRepositoryAnnounced.pipe(Layer.provide([RuleRepositoryMemory.pipe(Layer.provide(ConfigAuditMemory)), news]))
      )
    )
  }))
