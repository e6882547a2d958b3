import { Effect, Layer, Ref } from "effect"
import { RuleSource } from "../../../layers/rules/RuleSource.ts"
import type { RuleSet } from "../../../src/domain/Rule.ts"

/** Keeps a rule set in memory, for tests; `replace` raises its version. */
export const makeRuleSourceMemory = (start: Partial<RuleSet> = {}) =>
  Effect.gen(function*() {
    const ref = yield* Ref.make<RuleSet>({ version: 1, rules: [], developmentHosts: [], deviceTeams: [], ...start })
    return {
      layer: Layer.succeed(RuleSource, {
        version: Effect.map(Ref.get(ref), ({ version }) => version),
        load: Ref.get(ref)
      }),
      replace: (change: Partial<Omit<RuleSet, "version">>) =>
        Ref.update(ref, (old) => ({ ...old, ...change, version: old.version + 1 }))
    }
  })

export const RuleSourceMemory = (ruleSet: Partial<RuleSet> = {}) =>
  Layer.unwrap(Effect.map(makeRuleSourceMemory(ruleSet), ({ layer }) => layer))
