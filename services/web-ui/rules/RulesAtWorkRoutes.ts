import { Clock, DateTime, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { TimeZoneData } from "../../../layers/environment/TimeZoneData.ts"
import { sameTimeZones } from "../../../layers/http/timeZoneAgreement.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { RuleHits } from "../../../layers/rules/RuleHits.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { type RulesInstance, rulesTopic } from "../../../layers/rules/rulesTopic.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type * as AtWork from "../../../src/api/web-ui/RulesAtWork.ts"
import { knownRules } from "../../../src/logic/planRuleSet.ts"
import { lint } from "../../../src/rulefile/lint.ts"
import { listed, timeOf } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { judgeRuleFile, turns } from "./judgeRuleFile.ts"
import { RuleLint } from "./RuleLint.ts"
import { fromFile, given } from "./ruleSetCodec.ts"

const answered = orUnavailable("rules")

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Recorded events that lint looks at, when it is not said. */
const usualSample = 10_000

const time = (ms: number): string => DateTime.formatIso(DateTime.makeUnsafe(ms))

export const RulesAtWorkHandlers = HttpApiBuilder.group(
  WebUiApi,
  "rulesAtWork",
  Effect.fn(function*(handlers) {
    const store = yield* RuleRepository
    const hits = yield* RuleHits
    const registry = yield* Instances
    const timeZones = yield* TimeZoneData
    const { sampled } = yield* RuleLint
    const { pageMaxBytes } = yield* WebUiSettings

    const newest = store.versions(1).pipe(Effect.map(([newest]) => newest?.version ?? 0))

    /** Name → the rule that takes all of it, as lint finds for certain. Found once for each version. */
    let shadows: { readonly version: number; readonly by: ReadonlyMap<string, string> } | undefined
    const shadowsNow = Effect.gen(function*() {
      const version = yield* newest
      if (shadows?.version !== version) {
        const findings = yield* turns.run(lint(yield* store.rules))
        const by = findings.flatMap(({ level, other, rule }) =>
          level === "error" && other !== null ? [[rule, other] as const] : []
        )
        shadows = { version, by: new Map(by) }
      }
      return shadows.by
    })

    return handlers.handleAll({
      stats: Effect.fnUntraced(function*({ query }) {
        const asked = yield* timeOf("since", query.since)
        const from = asked === undefined ? (yield* Clock.currentTimeMillis) - dayMs : Date.parse(asked)
        const since = time(Math.floor(from / hourMs) * hourMs)
        const [rules, known, by] = yield* Effect.all([store.rules, hits.stats(since), shadowsNow]).pipe(
          dbQueryTimed("get_rule_stats"),
          answered
        )
        const counts = new Map(known.rules.map((one) => [one.ruleId, one]))
        const all = rules.toSorted((a, b) => a.id - b.id).map(({ id, isActive, name }): AtWork.RuleStatsItem => {
          const { forwarded = 0, lastHit = null, suppressed = 0 } = counts.get(id) ?? {}
          return {
            rule_id: id,
            name,
            is_active: isActive,
            forwarded,
            suppressed,
            last_hit: lastHit,
            never_hit: lastHit === null,
            shadowed_by: by.get(name) ?? null
          }
        })
        const page = listed(
          all,
          query.cursor?.padStart(10, "0"),
          ({ rule_id }) => String(rule_id).padStart(10, "0"),
          pageMaxBytes
        )
        return { since, counted_since: known.countedSince, rules: page.rows, ...page.more }
      }),
      instances: Effect.fnUntraced(function*() {
        const version = yield* newest.pipe(dbQueryTimed("get_rule_versions"), answered)
        const { instances } = yield* registry.list(rulesTopic).pipe(orUnavailable("list of processes"))
        return {
          version,
          followed: instances.length > 0 && instances.every((one) => one.ok && (one.version ?? -1) >= version),
          instances: instances.map(viewOf),
          time_zone_data: timeZones,
          same_time_zones: sameTimeZones([timeZones, ...instances.map((one) => one.time_zone_data)])
        }
      }),
      lint: Effect.fnUntraced(function*({ payload }) {
        const there = yield* store.ruleSet.pipe(dbQueryTimed("get_rule_set"), answered)
        const { rules, sample = usualSample } = payload
        const file = rules === undefined ? { rules: there.rules } : fromFile({ ...payload, rules })
        const wanted = { ...there, rules: knownRules(there, file), ...given(file) }
        const { failedTests, findings } = yield* judgeRuleFile(wanted, payload.tests === undefined)
        const found = yield* sampled(wanted.rules, there.rules, findings, sample)
        return { ...found, failed_tests: failedTests }
      })
    })
  })
)

const viewOf = ({ program: _program, since, seen, ...state }: RulesInstance): AtWork.RulesInstance => ({
  ...state,
  since: time(since),
  seen: time(seen)
})
