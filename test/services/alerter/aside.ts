import { Effect, Layer } from "effect"
import { Instances } from "../../../layers/instances/Instances.ts"
import { RuleHits } from "../../../layers/rules/RuleHits.ts"
import { ActiveRulesLayer } from "../../../services/alerter/ActiveRules.ts"
import { RuleHitCounterLayer } from "../../../services/alerter/RuleHitCounter.ts"

/** Hits of rules that nobody keeps. */
export const HitsForgotten = RuleHitCounterLayer.pipe(Layer.provide(Layer.mock(RuleHits, { add: () => Effect.void })))

/** The rules in force, of which nobody is told. */
export const RulesUntold = ActiveRulesLayer.pipe(
  Layer.provide(Layer.mock(Instances, { report: () => Effect.void }))
)
