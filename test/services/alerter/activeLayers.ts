import { Layer } from "effect"
import { ActiveRulesLayer } from "../../../services/alerter/ActiveRules.ts"
import { ActiveSilencesLayer } from "../../../services/alerter/ActiveSilences.ts"
import { SilenceSourceMemory } from "../../layers/silence/SilenceSourceMemory.ts"

/** What the alerter decides by: rules of a test, and no silences. */
export const RulesAlone = ActiveSilencesLayer.pipe(
  Layer.provideMerge(ActiveRulesLayer),
  Layer.provide(SilenceSourceMemory())
)
