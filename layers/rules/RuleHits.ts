import { Context, type Effect, Schema } from "effect"
import type { HitsSince, HourHits } from "../../src/domain/RuleHits.ts"

/** Hits of rules could not be stored or read. */
export class RuleHitsUnavailable extends Schema.TaggedError<RuleHitsUnavailable>()("RuleHitsUnavailable", {
  detail: Schema.String
}) {}

/** Counts how often each rule decided. For people who tidy up rules: no record, and not exact. */
export class RuleHits extends Context.Service<RuleHits, {
  /** Adds to what is there. No rule comes twice with one hour. */
  readonly add: (hits: ReadonlyArray<HourHits>) => Effect.Effect<void, RuleHitsUnavailable>
  /** Hits in the hour of `since` (RFC 3339) and after it, of the rules that are there. */
  readonly stats: (since: string) => Effect.Effect<HitsSince, RuleHitsUnavailable>
}>()("mutt/layers/rules/RuleHits") {}
