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
import { HostPatternsNow } from "../hosts/HostPatternsNow.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { invalid, viewOf } from "./ruleCodec.ts"
import { Stopwatch } from "./Stopwatch.ts"
import { testEvent } from "./testEvent.ts"

/** Milliseconds after which no further rule is explained. */
const explainMs = 500

const tooSlow = invalid([{
  field: "message",
  message: "takes too long to be held against all patterns of the rules. Try a shorter one."
}])

/** Tests the current rules on a made-up event. Nothing is stored or counted. */
export class RuleTester extends Context.Service<RuleTester, {
  readonly verdict: (event: TrialEvent) => Effect.Effect<Verdict, RuleRepositoryUnavailable | Invalid>
}>()("mutt/services/web-ui/rules/RuleTester") {
  static readonly layer = Layer.effect(
    RuleTester,
    Effect.gen(function*() {
      const book = yield* RuleRepository
      const hosts = yield* HostPatternsNow
      const { trialSeconds } = yield* WebUiSettings
      const clock = yield* Clock.Clock
      // All tests share the turns, so that many at once delay other requests no more than one does.
      const turns = new Turns()
      let known: KnownPatterns = new Map()

      function* compare(rules: ReadonlyArray<Rule>, event: Event): Generator<void, Compared | undefined> {
        const stopwatch = new Stopwatch(() => clock.monotonicTimeNanosUnsafe())
        const matcher = yield* buildMatcher(rules, known)
        known = matcher.patterns
        const found = yield* stopwatch.run(matcher.matchSlowly(event), trialSeconds * 1_000)
        if (found === undefined) return undefined
        const enough = stopwatch.ms + explainMs
        const others = explain(rules, matcher, found.value, event, { isEnough: () => stopwatch.ms > enough })
        const explained = yield* stopwatch.run(others, Infinity)
        return { match: found.value, ...(explained?.value ?? { others: [], omitted: rules.length }) }
      }

      return RuleTester.of({
        verdict: Effect.fn("RuleTrial.verdict")(function*(trial: TrialEvent) {
          const event = yield* testEvent(trial)
          const [rules, { environmentOf, teamOf }] = yield* Effect.all([book.rules, hosts.get], { concurrency: 2 })
          const compared = yield* turns.run(compare(rules, event))
          if (compared === undefined) return yield* tooSlow
          const { match, omitted, others } = compared
          // The policy compiles the deciding rule alone, and adds what the tables say of this host, and handling.
          const { hostname } = event
          const policy = inOneGo(buildPolicy({
            version: 0,
            rules: match === undefined ? [] : [match.rule],
            developmentHosts: environmentOf(hostname) === "dev" ? [hostname] : [],
            deviceTeams: [{ hostname, team: teamOf(hostname) }]
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
