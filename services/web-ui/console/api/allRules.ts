import { Effect } from "effect"
import type { RuleView } from "../../../../src/api/web-ui/Rules.ts"
import { allOf, next } from "./allOf.ts"
import type { Api } from "./client.ts"

/** Every saved rule, by priority. It is kept under `["rules"]`, whoever asks. */
export const allRules = (api: Api) =>
  allOf<RuleView, unknown>((query) =>
    Effect.map(api.rules.list({ query }), ({ pagination, rules }) => ({ items: rules, ...next(pagination) }))
  )
