import { Context, Effect, Layer, Metric, Queue } from "effect"
import { TimeZoneData } from "../../layers/environment/TimeZoneData.ts"
import type { Check } from "../../layers/http/HealthCheck.ts"
import { Instances } from "../../layers/instances/Instances.ts"
import { RuleChanges } from "../../layers/rules/RuleChanges.ts"
import { RuleSource } from "../../layers/rules/RuleSource.ts"
import { rulesTopic } from "../../layers/rules/rulesTopic.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { mostUnusable, type RulesInForce } from "../../src/domain/RulesInForce.ts"
import { buildPolicy, type Policy } from "../../src/matching/Policy.ts"
import { followSnapshot } from "./followSnapshot.ts"
import {
  devHostsCount,
  reloadFailures,
  reloadSeconds,
  rulesCount,
  rulesVersion,
  teamsCount,
  unusableRules
} from "./metrics.ts"
import { runCooperatively } from "./runCooperatively.ts"

/**
 * The rules in force, compiled. They are replaced whole when a change is announced, and within a second of it in any
 * case. While they cannot be read, those in force stay; before the first reading there are none, and nothing may be
 * decided.
 */
export class ActiveRules extends Context.Service<ActiveRules, {
  /** The policy in force; waits for the first one. */
  readonly current: Effect.Effect<Policy>
  /** Of the policy in force. */
  readonly ruleName: (id: number) => string | undefined
  readonly check: Check
}>()("mutt/services/alerter/ActiveRules") {}

export const ActiveRulesLayer = Layer.effect(
  ActiveRules,
  Effect.gen(function*() {
    const rules = yield* RuleSource
    const changes = yield* RuleChanges
    let lastMs = 0

    /** Tells which rules are in force. Nothing waits for it; after the next look it is told again. */
    const reports = yield* Queue.sliding<RulesInForce>(1)
    const instances = yield* Instances
    const timeZones = yield* TimeZoneData
    yield* Queue.take(reports).pipe(
      Effect.flatMap((state) => instances.report(rulesTopic, state)),
      droppedAt("rules.report", "Which rules are in force could not be told."),
      Effect.forever,
      supervised("rules.report")
    )

    const { active, check, current } = yield* followSnapshot({
      loop: "alerter.rules",
      version: rules.version,
      load: (before: Policy | undefined) =>
        Effect.flatMap(rules.load, (ruleSet) => runCooperatively(buildPolicy(ruleSet, before))),
      heard: changes.heard,
      failures: reloadFailures,
      words: {
        missing: "The rules cannot be read; no event is read before they are.",
        kept: "The rules cannot be read; those in force stay in force.",
        again: "The rules can be read again."
      },
      loaded: (policy, changed, tookMs) => {
        lastMs = tookMs
        return Effect.andThen(Metric.update(reloadSeconds, tookMs / 1_000), report(policy, changed))
      },
      looked: (policy, failure) =>
        Queue.offer(reports, { ...stateOf(policy, lastMs, failure), time_zone_data: timeZones })
    })
    const inForce = ({ matcher, version }: Policy) => ({
      state: "ok" as const,
      detail: `version ${version}, ${matcher.size} rules`
    })

    return ActiveRules.of({
      current,
      ruleName: (id) => active()?.ruleName(id),
      check: check("rules", Effect.succeed(inForce))
    })
  })
)

const stateOf = (policy: Policy | undefined, ms: number, failure: string | undefined) => {
  const problems = policy?.matcher.problems ?? []
  return {
    version: policy?.version ?? null,
    ok: policy !== undefined && failure === undefined,
    reason: failure ?? null,
    ms,
    rules: policy?.matcher.size ?? 0,
    unusable: problems.length,
    unusable_rules: problems.slice(0, mostUnusable).map(({ field, message, ruleId }) => ({
      rule_id: ruleId,
      field,
      message
    }))
  }
}

const report = Effect.fnUntraced(function*(policy: Policy, changed: boolean) {
  const { matcher } = policy
  yield* Metric.update(rulesCount, matcher.size)
  yield* Metric.update(unusableRules, matcher.problems.length)
  yield* Metric.update(devHostsCount, policy.developmentHosts)
  yield* Metric.update(teamsCount, policy.teams)
  yield* Metric.update(rulesVersion, policy.version)
  if (!changed) return
  yield* Effect.annotateLogs(Effect.logInfo("Rules are in force."), {
    version: policy.version,
    rules: matcher.size,
    developmentHosts: policy.developmentHosts,
    teams: policy.teams
  })
  for (const { field, message, ruleId } of matcher.problems.slice(0, 20)) {
    yield* Effect.annotateLogs(Effect.logWarning("A rule cannot be used and matches nothing."), {
      ruleId,
      field,
      message
    })
  }
})
