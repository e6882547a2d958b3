import { Context, type Effect } from "effect"
import type { RuleSet } from "../../src/domain/Rule.ts"
import type { RuleSourceUnavailable } from "./RuleSource.ts"

/** Remembers the rules of each version. */
export class RuleHistory extends Context.Service<RuleHistory, {
  /** `undefined`: nobody knows them any more. */
  readonly asOf: (version: number) => Effect.Effect<RuleSet | undefined, RuleSourceUnavailable>
  readonly newest: Effect.Effect<number, RuleSourceUnavailable>
}>()("mutt/layers/rules/RuleHistory") {}
