import { Effect, Layer, Struct } from "effect"
import { ByteSize } from "effect"
import { HttpIncomingMessage } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { RoleRefused } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { LargeBody } from "../../../src/api/web-ui/RuleVersions.ts"
import { permits } from "../../../src/domain/Role.ts"
import { LintFailed, TestsFailed } from "../../../src/domain/RuleProblems.ts"
import type { RuleSetFile } from "../../../src/domain/RuleSetFile.ts"
import { versionStale } from "../../../src/domain/SettingProblems.ts"
import { knownRules, planRuleSet } from "../../../src/logic/planRuleSet.ts"
import { changeRequest, setETag } from "../http/conditions.ts"
import { limitOf } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { type Judgement, judgeRuleFile } from "./judgeRuleFile.ts"
import { invalid } from "./ruleCodec.ts"
import { appliedView, asFile, fromFile, ruleSetView } from "./ruleSetCodec.ts"

const answered = orUnavailable("rules")

/** How often rules are judged anew that others have changed meanwhile, when no version was asked for. */
const retries = 3

interface Asked {
  readonly if_version?: number
  readonly dry_run?: boolean
  readonly reason?: string | null
  readonly force?: boolean
}

export const RuleVersionsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "ruleVersions",
  Effect.fn(function*(handlers) {
    const store = yield* RuleRepository

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
        const judgement = yield* judgeRuleFile(wanted)
        if (asked.force !== true) yield* refuse(judgement)
        const { findings } = judgement
        if (asked.dry_run === true) return appliedView(planRuleSet(there, file), { version, dry_run: true, findings })
        const done = yield* store.replaceRuleSet(file, version, author).pipe(dbQueryTimed("apply_rules"), answered)
        return appliedView(done, { version: done.version, dry_run: false, findings })
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

/** What the file says beside the rules. */
const given = ({ developmentHosts, teams, tests }: RuleSetFile) => ({
  ...(developmentHosts === undefined ? {} : { developmentHosts }),
  ...(teams === undefined ? {} : { teams }),
  ...(tests === undefined ? {} : { tests })
})

const mayForce = Effect.fnUntraced(function*({ reason }: Asked) {
  const { role } = yield* CurrentCaller
  if (!permits(role, "admin")) return yield* new RoleRefused({ detail: "To force it needs the role admin." })
  if ((reason ?? "").trim() === "") {
    return yield* invalid([{ field: "reason", message: "Is needed to force it." }])
  }
})

const refuse = Effect.fnUntraced(function*({ failedTests, findings }: Judgement) {
  const errors = findings.filter(({ level }) => level === "error")
  if (errors.length > 0) {
    return yield* new LintFailed({
      detail: errors.slice(0, 3).map(({ message, rule }) => `${rule}: ${message}`).join(" "),
      findings
    })
  }
  if (failedTests.length > 0) {
    return yield* new TestsFailed({
      detail: `${failedTests.length} of the tests fail: ${failedTests.slice(0, 3).map(({ name }) => name).join("; ")}`,
      tests: failedTests
    })
  }
})
