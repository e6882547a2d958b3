import { Context, Effect, Layer } from "effect"
import { RuleBook, type RuleBookUnavailable } from "../../layers/rules/RuleBook.ts"
import type { Invalid } from "../../src/api/shared/Problems.ts"
import type { TrialEvent, Verdict } from "../../src/api/web-ui/Rules.ts"
import { explain } from "../../src/logic/matching/explain.ts"
import { buildPolicy } from "../../src/logic/Policy.ts"
import { inOneGo } from "../../src/logic/steps.ts"
import { viewOf } from "./http/ruleWire.ts"
import { trialEvent } from "./trialEvent.ts"

/** Tries the rules as they stand on an event that nobody sent. Nothing is stored or counted. */
export class RuleTrial extends Context.Service<RuleTrial, {
  readonly verdict: (event: TrialEvent) => Effect.Effect<Verdict, RuleBookUnavailable | Invalid>
}>()("mutt/services/web-ui/RuleTrial") {
  static readonly layer = Layer.effect(
    RuleTrial,
    Effect.map(RuleBook, (book) => ({
      verdict: Effect.fn("RuleTrial.verdict")(function*(trial: TrialEvent) {
        const event = yield* trialEvent(trial)
        const [rules, developmentHosts, deviceTeams] = yield* Effect.all(
          [book.rules, book.developmentHosts, book.teams],
          { concurrency: 3 }
        )
        const { match, omitted, others } = explain(rules, event)
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
          outcome: decision.outcome,
          environment: decision.environment,
          handling: decision.handling,
          team: decision.team,
          reason: decision.reason,
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
    }))
  )
}
