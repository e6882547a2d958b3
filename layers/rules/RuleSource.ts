import { Context, type Effect, Schema } from "effect"
import type { RuleSet } from "../../src/domain/Rule.ts"

/** The rules could not be read; those in use stay in use. */
export class RulesUnavailable extends Schema.TaggedError<RulesUnavailable>()("RulesUnavailable", {
  detail: Schema.String
}) {}

/** Reads the rules as one consistent snapshot, and cheaply says which version is newest. */
export class Rules extends Context.Service<Rules, {
  readonly version: Effect.Effect<number, RulesUnavailable>
  readonly load: Effect.Effect<RuleSet, RulesUnavailable>
}>()("mutt/layers/rules/RuleSource") {}
