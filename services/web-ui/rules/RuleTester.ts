import { Clock, Context, Effect, Layer, Struct } from "effect"
import { RuleRepository, type RuleRepositoryUnavailable } from "../../../layers/rules/RuleRepository.ts"
import type { Invalid } from "../../../src/api/shared/Problems.ts"
import type { TrialEvent, Verdict } from "../../../src/api/web-ui/Rules.ts"
import type { Event } from "../../../src/domain/Event.ts"
import type { Rule } from "../../../src/domain/Rule.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { Turns } from "../../../src/logic/Turns.ts"
import type { KnownPatterns } from "../../../src/matching/CompiledRule.ts"
import { explain, type Explanation } from "../../../src/matching/explain.ts"
import { buildMatcher, type Match } from "../../../src/matching/Matcher.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { Effort } from "../Effort.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { invalid, viewOf } from "./ruleCodec.ts"
import { testEvent } from "./testEvent.ts"

/** Milliseconds after which no further rule is explained. */
const explainMs = 500

const tooSlow = invalid([{
  field: "message",
  message: "takes too long to be held against all patterns of the rules. Try a shorter one."
}])

/** Tries the rules as they stand on an event that nobody sent. Nothing is stored or counted. */
export class RuleTester extends Context.Service<RuleTester, {
  readonly verdict: (event: TrialEvent) => Effect.Effect<Verdict, RuleRepositoryUnavailable | Invalid>
}>()("mutt/services/web-ui/rules/RuleTester") {
  static readonly layer = Layer.effect(
    RuleTester,
    Effect.gen(function*() {
      const book = yield* RuleRepository
      const { trialSeconds } = yield* WebUiSettings
      const clock = yield* Clock.Clock
      // All trials share the turns: many at once leave as much to other requests as one does.
      const turns = new Turns()
      let known: KnownPatterns = new Map()

      function* compare(rules: ReadonlyArray<Rule>, event: Event): Generator<void, Compared | undefined> {
        const effort = new Effort(() => clock.monotonicTimeNanosUnsafe())
        const matcher = yield* buildMatcher(rules, known)
        known = matcher.patterns
        const found = yield* effort.of(matcher.matchSlowly(event), trialSeconds * 1_000)
        if (found === undefined) return undefined
        const enough = effort.ms + explainMs
        const others = explain(rules, matcher, found.value, event, { isEnough: () => effort.ms > enough })
        const explained = yield* effort.of(others, Infinity)
        return { match: found.value, ...(explained?.value ?? { others: [], omitted: rules.length }) }
      }

      return RuleTester.of({
        verdict: Effect.fn("RuleTrial.verdict")(function*(trial: TrialEvent) {
          const event = yield* testEvent(trial)
          const [rules, developmentHosts, deviceTeams] = yield* Effect.all(
            [book.rules, book.developmentHosts, book.teams],
            { concurrency: 3 }
          )
          const compared = yield* turns.run(compare(rules, event))
          if (compared === undefined) return yield* tooSlow
          const { match, omitted, others } = compared
          // Only the deciding rule is compiled again: the policy adds hosts, teams and handling to what is known already.
          const policy = inOneGo(buildPolicy({
            version: 0,
            rules: match === undefined ? [] : [match.rule],
            developmentHosts,
            deviceTeams
          }))
          const decision = policy.decide(event)
          const rule = rules.find(({ id }) => id === decision.ruleId)
          return {
            matched: rule !== undefined,
            ...Struct.pick(decision, ["outcome", "environment", "handling", "team", "reason"]),
            rule: rule === undefined ? null : viewOf(rule),
            saw: {
              hostname: event.hostname,
              message: event.message,
              tag: event.tag ?? null,
              severity: event.severity ?? null,
              trap_oid: event.trapOid ?? null
            },
            others: others.map(({ rule, why }) => ({ rule_id: rule.id, priority: rule.priority, why })),
            others_omitted: omitted
          }
        })
      })
    })
  )
}

interface Compared extends Explanation {
  readonly match: Match | undefined
}
