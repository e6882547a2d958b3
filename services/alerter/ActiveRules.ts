import { Context, Deferred, Effect, Layer, Metric, Queue, Stream } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { TimeZoneData } from "../../layers/environment/TimeZoneData.ts"
import type { Check, CheckResult } from "../../layers/http/HealthCheck.ts"
import { Instances } from "../../layers/instances/Instances.ts"
import { RuleChanges } from "../../layers/rules/RuleChanges.ts"
import { RuleSource, type RuleSourceUnavailable } from "../../layers/rules/RuleSource.ts"
import { rulesTopic } from "../../layers/rules/rulesTopic.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { steadyMillis } from "../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { mostUnusable, type RulesInForce } from "../../src/domain/RulesInForce.ts"
import { buildPolicy, type Policy } from "../../src/matching/Policy.ts"
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

/** How often the version is read, whether or not a change was announced. */
const pollEvery = "500 millis"

export const ActiveRulesLayer = Layer.effect(
  ActiveRules,
  Effect.gen(function*() {
    const rules = yield* RuleSource
    const changes = yield* RuleChanges
    const config = yield* DynamicConfig
    const first = yield* Deferred.make<Policy>()
    let active: Policy | undefined
    let confirmedAt = 0
    let readAt = 0
    let tookMs = 0
    let failure: string | undefined

    const reload = Effect.gen(function*() {
      const started = yield* steadyMillis
      const policy = yield* runCooperatively(buildPolicy(yield* rules.load, active))
      const changed = policy.version !== active?.version
      active = policy
      readAt = yield* steadyMillis
      tookMs = readAt - started
      yield* Metric.update(reloadSeconds, tookMs / 1_000)
      yield* report(policy, changed)
      yield* Deferred.succeed(first, policy)
    })

    const reloadIfChanged = Effect.gen(function*() {
      const now = yield* steadyMillis
      const due = now - readAt >= config.snapshot().values.cache_reload_interval * 1_000
      if (active === undefined || due || (yield* rules.version) !== active.version) yield* reload
      confirmedAt = yield* steadyMillis
      if (failure !== undefined) yield* Effect.logInfo("The rules can be read again.")
      failure = undefined
    })

    const failed = Effect.fnUntraced(function*({ detail }: RuleSourceUnavailable) {
      yield* Metric.update(reloadFailures, 1)
      if (failure === undefined) {
        yield* Effect.annotateLogs(
          active === undefined
            ? Effect.logWarning("The rules cannot be read; no event is read before they are.")
            : Effect.logWarning("The rules cannot be read; those in force stay in force."),
          { detail, version: active?.version }
        )
      }
      failure = detail
    })

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
    const tell = Effect.suspend(() =>
      Queue.offer(reports, { ...stateOf(active, tookMs, failure), time_zone_data: timeZones })
    )

    const announced = yield* Queue.sliding<void>(1)
    yield* Stream.runForEach(changes.heard, () => Queue.offer(announced, undefined)).pipe(
      supervised("alerter.rules.news")
    )
    yield* Effect.catchTag(reloadIfChanged, "RulesUnavailable", failed).pipe(
      Effect.andThen(tell),
      Effect.andThen(Effect.raceFirst(Effect.sleep(pollEvery), Queue.take(announced))),
      Effect.forever,
      supervised("alerter.rules")
    )

    const check: Check = {
      name: "rules",
      required: true,
      check: Effect.map(steadyMillis, (now): CheckResult => {
        if (active === undefined) return { state: "down", detail: failure ?? "not read yet" }
        const detail = `version ${active.version}, ${active.matcher.size} rules`
        return {
          state: failure === undefined ? "ok" : "degraded",
          ageMs: now - confirmedAt,
          detail: failure === undefined ? detail : `${detail}; ${failure}`
        }
      })
    }

    const current = Effect.suspend(() => (active === undefined ? Deferred.await(first) : Effect.succeed(active)))

    return ActiveRules.of({ current, ruleName: (id) => active?.ruleName(id), check })
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
