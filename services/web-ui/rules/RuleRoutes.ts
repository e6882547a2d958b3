import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { RuleView } from "../../../src/api/web-ui/Rules.ts"
import { fromRuleColumns, type RuleDraft, toRuleColumns } from "../../../src/domain/Rule.ts"
import { ruleNameTaken, ruleNotFound } from "../../../src/domain/RuleProblems.ts"
import type { StoredRuleSet } from "../../../src/domain/RuleSetFile.ts"
import { type VersionSeen, versionStale } from "../../../src/domain/SettingProblems.ts"
import { setETag } from "../http/conditions.ts"
import { listed } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { JudgedEdits, wholeSeen } from "./JudgedEdits.ts"
import { usable, viewOf } from "./ruleCodec.ts"
import { RuleTester } from "./RuleTester.ts"

const answered = orUnavailable("rules")

/** The ETag of a rule. */
const tagged = ({ version }: { readonly version: number }) => setETag({ epoch: "", version })

/** The place of a rule in the list, as text that sorts as the list does. */
const placeOf = ({ id, priority }: RuleView): string =>
  `${String(priority + 2_147_483_648).padStart(10, "0")}-${String(id).padStart(10, "0")}`

export const RulesHandlers = HttpApiBuilder.group(
  WebUiApi,
  "rules",
  Effect.fn(function*(handlers) {
    const store = yield* RuleRepository
    const trial = yield* RuleTester
    const edits = yield* JudgedEdits
    const { pageMaxBytes } = yield* WebUiSettings

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const { rules, version } = yield* store.ruleSet.pipe(dbQueryTimed("get_rules"), answered)
        yield* setETag({ epoch: "", version })
        const { more, rows } = listed(rules.map(viewOf), query.cursor, placeOf, pageMaxBytes)
        return { rules: rows, ...more }
      }),
      byId: ({ params }) =>
        store.rule(params.id).pipe(
          dbQueryTimed("get_rule"),
          Effect.tap(tagged),
          Effect.map(viewOf),
          answered
        ),
      test: ({ payload }) => trial.verdict(payload).pipe(answered),
      create: Effect.fnUntraced(function*({ headers, payload }) {
        const draft = yield* usable(fromRuleColumns(payload))
        const named = { ...draft, name: payload.name }
        const rule = yield* edits.edit(headers, payload, {
          after: Effect.fnUntraced(function*(there, seen) {
            yield* wholeSeen(there, seen)
            yield* freeName(there, payload.name)
            return { ...there, rules: [...there.rules, named] }
          }),
          write: (request) => store.createRule(named, request).pipe(dbQueryTimed("create_rule"))
        }).pipe(answered)
        yield* tagged(rule)
        return { id: rule.id, message: "Rule created successfully", rule: viewOf(rule) }
      }),
      update: Effect.fnUntraced(function*({ headers, params: { id }, payload }) {
        // `null` is a value; what is absent stays.
        const changed = (rule: RuleDraft) =>
          Effect.map(
            usable(fromRuleColumns({ ...toRuleColumns(rule), ...payload })),
            (draft) => ({ ...draft, name: payload.name })
          )
        const rule = yield* edits.edit(headers, payload, {
          after: Effect.fnUntraced(function*(there, seen) {
            const before = yield* ruleSeen(there, id, seen)
            const { name = before.name, ...draft } = yield* changed(before)
            yield* freeName(there, name, id)
            return { ...there, rules: there.rules.map((rule) => rule === before ? { ...draft, id, name } : rule) }
          }),
          write: (request) => store.updateRule(id, changed, request).pipe(dbQueryTimed("update_rule"))
        }).pipe(answered)
        yield* tagged(rule)
        return { id: rule.id, message: "Rule updated successfully", rule: viewOf(rule) }
      }),
      remove: Effect.fnUntraced(function*({ headers, params: { id }, payload }) {
        yield* edits.edit(headers, payload, {
          after: Effect.fnUntraced(function*(there, seen) {
            const gone = yield* ruleSeen(there, id, seen)
            return { ...there, rules: there.rules.filter((rule) => rule !== gone) }
          }),
          write: (request) => store.deleteRule(id, request).pipe(dbQueryTimed("delete_rule"))
        }).pipe(answered)
        return { message: "Rule deleted successfully" }
      }),
      restore: Effect.fnUntraced(function*({ headers, params: { id }, payload }) {
        const rule = yield* edits.edit(headers, payload, {
          after: Effect.fnUntraced(function*(there, seen) {
            yield* wholeSeen(there, seen)
            const old = yield* store.deletedRule(id).pipe(dbQueryTimed("get_rule"))
            yield* freeName(there, old.name)
            return { ...there, rules: [...there.rules, old] }
          }),
          write: (request) => store.restoreRule(id, request).pipe(dbQueryTimed("restore_rule"))
        }).pipe(answered)
        yield* tagged(rule)
        return { id: rule.id, message: "Rule restored successfully", rule: viewOf(rule) }
      })
    })
  })
)

/** The rule as its writer saw it. */
const ruleSeen = Effect.fnUntraced(function*(there: StoredRuleSet, id: number, seen: VersionSeen) {
  const rule = there.rules.find((rule) => rule.id === id)
  if (rule === undefined) return yield* ruleNotFound()
  const stale = versionStale(seen, { epoch: "", version: rule.version, newest: there.version })
  return stale === undefined ? rule : yield* stale
})

const freeName = ({ rules }: StoredRuleSet, name: string | undefined, id = 0) => {
  const other = rules.find((rule) => rule.name === name && rule.id !== id)
  return other === undefined ? Effect.void : Effect.fail(ruleNameTaken(other.name, other.id))
}
