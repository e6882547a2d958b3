import { Effect, Layer, Struct } from "effect"
import { ByteSize } from "effect"
import { HttpIncomingMessage } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { LargeBody } from "../../../src/api/web-ui/RuleVersions.ts"
import type { RuleSetFile } from "../../../src/domain/RuleSetFile.ts"
import { versionStale } from "../../../src/domain/SettingProblems.ts"
import { knownRules, planRuleSet } from "../../../src/logic/planRuleSet.ts"
import { changeRequest, setETag } from "../http/conditions.ts"
import { limitOf } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { judgeRuleFile } from "./judgeRuleFile.ts"
import { mayForce, refuse } from "./refusals.ts"
import { RuleLint } from "./RuleLint.ts"
import { appliedView, asFile, fromFile, given, ruleSetView } from "./ruleSetCodec.ts"

const answered = orUnavailable("rules")

/** Recorded events that an apply looks at, when it does not say. */
const usualSample = 2_000

/** How often rules are judged anew that others have changed meanwhile, when no version was asked for. */
const retries = 3

interface Asked {
  readonly if_version?: number
  readonly dry_run?: boolean
  readonly reason?: string | null
  readonly force?: boolean
  readonly sample?: number
}

export const RuleVersionsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "ruleVersions",
  Effect.fn(function*(handlers) {
    const store = yield* RuleRepository
    const { sampled } = yield* RuleLint

    /** Judges a file beside what is there, and makes the rules what it says. */
    const apply = Effect.fnUntraced(function*(
      file: RuleSetFile,
      headers: { readonly "if-match"?: string; readonly prefer?: string },
      asked: Asked
    ) {
      const { ifEpoch, ifVersion, ...author } = yield* changeRequest(
        asked.if_version === undefined ? headers : { ...headers, "if-match": String(asked.if_version) },
        asked
      )
      if (asked.force === true) yield* mayForce(asked)
      const once = Effect.gen(function*() {
        const there = yield* store.ruleSet.pipe(dbQueryTimed("get_rule_set"), answered)
        const { version } = there
        const stale = versionStale({ ifEpoch, ifVersion }, { epoch: "", version, newest: version })
        if (stale !== undefined) return yield* stale
        const wanted = { ...there, rules: knownRules(there, file), ...given(file) }
        // A stored test may expect a rule that the file leaves out; what the file says itself is a mistake of it.
        const judgement = yield* judgeRuleFile(wanted, asked.force === true || file.tests === undefined)
        if (asked.force !== true) yield* refuse(judgement)
        const found = yield* sampled(wanted.rules, there.rules, judgement.findings, asked.sample ?? usualSample)
        if (asked.dry_run === true) return appliedView(planRuleSet(there, file), { version, dry_run: true, ...found })
        const done = yield* store.replaceRuleSet(file, version, author).pipe(dbQueryTimed("apply_rules"), answered)
        return appliedView(done, { version: done.version, dry_run: false, ...found })
      })
      const applied = yield* Effect.retry(once, {
        times: retries,
        while: (error) => error._tag === "VersionStale" && ifVersion === undefined
      })
      yield* setETag({ epoch: "", version: applied.version })
      return applied
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const limit = limitOf(query)
        const before = query.cursor === undefined ? undefined : Number(query.cursor)
        const found = yield* store.versions(limit + 1, before).pipe(dbQueryTimed("get_rule_versions"), answered)
        const rows = found.slice(0, limit)
        const last = rows.at(-1)
        return {
          versions: rows.map(
            Struct.renameKeys({ changedAt: "changed_at", changedBy: "changed_by", correlationId: "correlation_id" })
          ),
          pagination: {
            limit,
            has_more: found.length > limit,
            ...(found.length > limit && last !== undefined ? { next_cursor: String(last.version) } : {})
          }
        }
      }),
      get: ({ params }) =>
        store.ruleSetAt(params.version).pipe(dbQueryTimed("get_rule_set"), Effect.map(ruleSetView), answered),
      apply: ({ headers, payload }) => apply(fromFile(payload), headers, payload),
      restore: Effect.fnUntraced(function*({ headers, params, payload }) {
        const old = yield* store.ruleSetAt(params.version).pipe(dbQueryTimed("get_rule_set"), answered)
        return yield* apply(asFile(old), headers, payload)
      })
    })
  })
)

/** Lets a body be as large as a file of rules may be. */
export const LargeBodyLayer = Layer.effect(
  LargeBody,
  Effect.map(
    WebUiSettings,
    ({ rulesFileMaxBytes }) =>
      LargeBody.of((handler) =>
        Effect.provideService(handler, HttpIncomingMessage.MaxBodySize, ByteSize.bytes(rulesFileMaxBytes))
      )
  )
)
