import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { RuleView } from "../../../src/api/web-ui/Rules.ts"
import { fromRuleColumns, type RuleDraft, toRuleColumns } from "../../../src/domain/Rule.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { changeRequest, setETag } from "../http/conditions.ts"
import { listed } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
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
      create: Effect.fnUntraced(function*({ payload }) {
        const draft = yield* usable(fromRuleColumns(payload))
        const named = { ...draft, name: payload.name }
        const rule = yield* store.createRule(named, yield* changeAuthor(payload)).pipe(
          dbQueryTimed("create_rule"),
          answered
        )
        yield* tagged(rule)
        return { id: rule.id, message: "Rule created successfully", rule: viewOf(rule) }
      }),
      update: Effect.fnUntraced(function*({ headers, params, payload }) {
        // `null` is a value; what is absent stays.
        const edit = (rule: RuleDraft) =>
          Effect.map(
            usable(fromRuleColumns({ ...toRuleColumns(rule), ...payload })),
            (draft) => ({ ...draft, name: payload.name })
          )
        const rule = yield* store.updateRule(params.id, edit, yield* changeRequest(headers, payload)).pipe(
          dbQueryTimed("update_rule"),
          answered
        )
        yield* tagged(rule)
        return { id: rule.id, message: "Rule updated successfully", rule: viewOf(rule) }
      }),
      remove: Effect.fnUntraced(function*({ headers, params, payload }) {
        const request = yield* changeRequest(headers, payload)
        yield* store.deleteRule(params.id, request).pipe(dbQueryTimed("delete_rule"), answered)
        return { message: "Rule deleted successfully" }
      })
    })
  })
)
