import { Context, type Effect, Schema } from "effect"
import type { RuleSet } from "../../src/domain/Rule.ts"

/** The rules could not be read; those in use stay in use. */
export class RuleSourceUnavailable extends Schema.TaggedError<RuleSourceUnavailable>()("RulesUnavailable", {
  detail: Schema.String
}) {}

/** Reads the rules as one consistent snapshot. `version` is cheap: the newest version alone. */
export class RuleSource extends Context.Service<RuleSource, {
  readonly version: Effect.Effect<number, RuleSourceUnavailable>
  readonly load: Effect.Effect<RuleSet, RuleSourceUnavailable>
}>()("mutt/layers/rules/RuleSource") {}
