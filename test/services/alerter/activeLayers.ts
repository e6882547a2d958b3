import { Effect, Layer } from "effect"
import { Instances } from "../../../layers/instances/Instances.ts"
import { RuleHits } from "../../../layers/rules/RuleHits.ts"
import { ActiveRulesLayer } from "../../../services/alerter/ActiveRules.ts"
import { ActiveSilencesLayer } from "../../../services/alerter/ActiveSilences.ts"
import { RuleHitCounterLayer } from "../../../services/alerter/RuleHitCounter.ts"
import { SilenceSourceMemory } from "../../layers/silence/SilenceSourceMemory.ts"

/** What the alerter decides by: rules of which nobody is told, and silences. */
export const rulesAnd = (silences: ReturnType<typeof SilenceSourceMemory>) =>
  ActiveSilencesLayer.pipe(
    Layer.provideMerge(ActiveRulesLayer),
    Layer.provide([
      silences,
      Layer.mock(Instances, {
        report: () => Effect.void,
        list: () => Effect.succeed({ now: 0, instances: [] })
      })
    ])
  )

/** The same without a silence. */
export const RulesAlone = rulesAnd(SilenceSourceMemory())

/** Hits of rules that nobody keeps. */
export const HitsForgotten = RuleHitCounterLayer.pipe(Layer.provide(Layer.mock(RuleHits, { add: () => Effect.void })))
