import { Effect, Layer } from "effect"
import { RuleHistory } from "./RuleHistory.ts"
import { RuleSource } from "./RuleSource.ts"

/** Knows the rules in force alone. */
export const RuleHistoryPostgres = Layer.effect(
  RuleHistory,
  Effect.map(RuleSource, ({ load, version }) =>
    RuleHistory.of({
      newest: version,
      asOf: (wanted) => Effect.map(load, (rules) => rules.version === wanted ? rules : undefined)
    }))
)
