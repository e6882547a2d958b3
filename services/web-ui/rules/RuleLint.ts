import { Clock, Context, DateTime, Effect, Layer, Semaphore } from "effect"
import { EventSample } from "../../../layers/audit/EventSample.ts"
import { RuleHits } from "../../../layers/rules/RuleHits.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import type { LintFinding } from "../../../src/domain/LintFinding.ts"
import { lintSample } from "../../../src/rulefile/lintSample.ts"
import { neverHit, neverHitDays, type RuleThere } from "../../../src/rulefile/neverHit.ts"
import { turns, type WantedRuleSet, withIds } from "./judgeRuleFile.ts"

/** What lint found, and over how many recorded events. */
export interface Sampled {
  readonly findings: ReadonlyArray<LintFinding>
  readonly sampled: number
}

/** How long events may be read and compared. */
const most = "15 seconds"

/** Lints rules by what recorded events and counted hits show of them. */
export class RuleLint extends Context.Service<RuleLint, {
  /**
   * Adds warnings to what lint found without events. When the record does not answer, nothing is added: no change of
   * rules waits for it.
   */
  readonly sampled: (
    wanted: WantedRuleSet["rules"],
    there: ReadonlyArray<RuleThere>,
    findings: ReadonlyArray<LintFinding>,
    events: number
  ) => Effect.Effect<Sampled>
}>()("mutt/services/web-ui/rules/RuleLint") {
  static readonly layer = Layer.effect(
    RuleLint,
    Effect.gen(function*() {
      const sample = yield* EventSample
      const hits = yield* RuleHits
      // One at a time: a sample may take much memory.
      const one = Semaphore.makeUnsafe(1).withPermits(1)

      return RuleLint.of({
        sampled: Effect.fnUntraced(function*(wanted, there, findings, events) {
          if (events === 0) return { findings, sampled: 0 }
          const rules = withIds(wanted)
          const certain = new Set(findings.filter(({ level }) => level === "error").map(({ rule }) => rule))
          const from = DateTime.formatIso(
            DateTime.makeUnsafe((yield* Clock.currentTimeMillis) - neverHitDays * 86_400_000)
          )
          const found = yield* Effect.gen(function*() {
            const seen = yield* sample.newest(events)
            const warnings = yield* turns.run(lintSample(rules, seen, certain))
            const all = neverHit([...findings, ...warnings], rules, there, yield* hits.stats(from), from)
            return { findings: all, sampled: seen.length }
          }).pipe(
            one,
            Effect.timeout(most),
            droppedAt("rules.lint", "Rules could not be compared with recorded events.")
          )
          return found ?? { findings, sampled: 0 }
        })
      })
    })
  )
}
