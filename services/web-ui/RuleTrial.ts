import { Context, Effect, Layer } from "effect"
import { RuleBook, type RuleBookUnavailable } from "../../layers/rules/RuleBook.ts"
import type { TrialEvent, Verdict } from "../../src/api/web-ui/Rules.ts"
import type { Event } from "../../src/domain/Event.ts"
import { parseSeverity } from "../../src/domain/Severity.ts"
import { explain } from "../../src/logic/matching/explain.ts"
import { normaliseOid } from "../../src/logic/oids.ts"
import { buildPolicy } from "../../src/logic/Policy.ts"
import { inOneGo } from "../../src/logic/steps.ts"
import { viewOf } from "./http/ruleWire.ts"

/** Tries the rules as they stand on an event that nobody sent. Nothing is stored or counted. */
export class RuleTrial extends Context.Service<RuleTrial, {
  readonly verdict: (event: TrialEvent) => Effect.Effect<Verdict, RuleBookUnavailable>
}>()("mutt/services/web-ui/RuleTrial") {
  static readonly layer = Layer.effect(
    RuleTrial,
    Effect.map(RuleBook, (book) => ({
      verdict: Effect.fn("RuleTrial.verdict")(function*(trial: TrialEvent) {
        const [rules, developmentHosts, deviceTeams] = yield* Effect.all(
          [book.rules, book.developmentHosts, book.teams],
          { concurrency: 3 }
        )
        const event = eventOf(trial)
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
          others: others.map(({ rule, why }) => ({ rule_id: rule.id, priority: rule.priority, why })),
          others_omitted: omitted
        }
      })
    }))
  )
}

const epoch = "1970-01-01T00:00:00.000Z"

const eventOf = (trial: TrialEvent): Event => {
  const severity = parseSeverity(trial.syslog_severity ?? trial.severity)
  const trapOid = trial.trap_oid === undefined ? undefined : normaliseOid(trial.trap_oid)
  return {
    id: "trial",
    correlationId: "trial",
    source: trapOid === undefined ? "http" : "snmp",
    sender: "trial",
    receivedAt: epoch,
    timestamp: epoch,
    hostname: trial.hostname.toLowerCase(),
    message: trial.message,
    ...(severity === undefined ? {} : { severity }),
    ...(trapOid === undefined ? {} : { trapOid })
  }
}
