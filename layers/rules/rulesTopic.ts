import { Schema } from "effect"
import { RulesInForce } from "../../src/domain/RulesInForce.ts"
import type { Report, Topic } from "../instances/Instances.ts"

export type RulesInstance = Report<RulesInForce>

/** The rules that each alerter decides by. Each tells at every look at them, twice a second. */
export const rulesTopic: Topic<RulesInForce> = {
  key: "mutt:{config}:rules:instances",
  silentMs: 10_000,
  decode: Schema.decodeUnknownEffect(RulesInForce),
  revision: { of: ({ ok, version }) => `${version}:${ok}`, channel: "mutt:{config}:rules:reports" }
}
