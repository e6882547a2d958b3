import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { RuleNotFound, type RuleView } from "../../../src/api/web-ui/Rules.ts"
import { changeOf, unavailable } from "../http/changeAuthor.ts"
import { listed } from "../http/paging.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { changed, draftOf, usable, viewOf } from "./ruleCodec.ts"
import { RuleTester } from "./RuleTester.ts"

const notFound = () => Effect.fail(new RuleNotFound({ detail: "There is no such rule." }))
const unreachable = unavailable("rules")

/** Where a rule stands in the list, as text that sorts as the list does. */
const placeOf = ({ id, priority }: RuleView): string =>
  `${String(priority + 2_147_483_648).padStart(10, "0")}-${String(id).padStart(10, "0")}`

export const RulesHandlers = HttpApiBuilder.group(
  WebUiApi,
  "rules",
  Effect.fn(function*(handlers) {
    const book = yield* RuleRepository
    const trial = yield* RuleTester
    const { pageMaxBytes } = yield* WebUiSettings

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const rules = yield* book.rules.pipe(
          dbQueryTimed("get_rules"),
          Effect.catchTag("RuleBookUnavailable", unreachable)
        )
        const { more, rows } = listed(rules.map(viewOf), query.cursor, placeOf, pageMaxBytes)
        return { rules: rows, ...more }
      }),
      byId: ({ params }) =>
        book.rule(params.id).pipe(
          dbQueryTimed("get_rule"),
          Effect.map(viewOf),
          Effect.catchTags({ RuleNotFound: notFound, RuleBookUnavailable: unreachable })
        ),
      test: ({ payload }) => trial.verdict(payload).pipe(Effect.catchTag("RuleBookUnavailable", unreachable)),
      create: Effect.fnUntraced(function*({ payload }) {
        const draft = yield* usable(draftOf(payload))
        const rule = yield* book.createRule(draft, yield* changeOf(payload)).pipe(
          dbQueryTimed("create_rule"),
          Effect.catchTag("RuleBookUnavailable", unreachable)
        )
        return { id: rule.id, message: "Rule created successfully", rule: viewOf(rule) }
      }),
      update: Effect.fnUntraced(function*({ params, payload }) {
        const edit = (rule: Parameters<typeof changed>[0]) => usable(changed(rule, payload))
        const rule = yield* book.updateRule(params.id, edit, yield* changeOf(payload)).pipe(
          dbQueryTimed("update_rule"),
          Effect.catchTags({ RuleNotFound: notFound, RuleBookUnavailable: unreachable })
        )
        return { id: rule.id, message: "Rule updated successfully", rule: viewOf(rule) }
      }),
      remove: Effect.fnUntraced(function*({ params, payload }) {
        yield* book.deleteRule(params.id, yield* changeOf(payload)).pipe(
          dbQueryTimed("delete_rule"),
          Effect.catchTags({ RuleNotFound: notFound, RuleBookUnavailable: unreachable })
        )
        return { message: "Rule deleted successfully" }
      })
    })
  })
)
