import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { RuleSource } from "../../../layers/rules/RuleSource.ts"
import { makeRuleSourceMemory } from "./RuleSourceMemory.ts"

describe("rules in memory", () => {
  it.effect("have a new version after each change", () =>
    Effect.gen(function*() {
      const { layer, replace } = yield* makeRuleSourceMemory({ developmentHosts: ["a"] })
      yield* Effect.gen(function*() {
        const rules = yield* RuleSource
        assert.deepStrictEqual(yield* rules.load, { version: 1, rules: [], developmentHosts: ["a"], deviceTeams: [] })
        yield* replace({ developmentHosts: ["b"] })
        assert.strictEqual(yield* rules.version, 2)
        assert.deepStrictEqual((yield* rules.load).developmentHosts, ["b"])
      }).pipe(Effect.provide(layer))
    }))
})
