import { Effect } from "effect"
import { Command } from "effect/cli"
import type { RuleView } from "../../src/api/web-ui/Rules.ts"
import { type Api, apiCommand } from "./api.ts"
import { answer, table } from "./output.ts"
import { allPages } from "./pages.ts"
import { rulesAsData } from "./rulesAsData.ts"
import { rulesAtWork } from "./rulesAtWork.ts"
import { rulesBacktest } from "./rulesBacktest.ts"
import { rulesLint } from "./rulesLint.ts"
import { rulesTest } from "./rulesTest.ts"

const allRules = ({ rules }: Api) =>
  allPages(Number.POSITIVE_INFINITY, (query) =>
    Effect.map(rules.list({ query }), ({ pagination, rules }) => ({
      items: rules,
      next: pagination?.next_cursor
    })))

const list = apiCommand("list", "All rules, by priority", {}, function*(api, _, json) {
  const rules = yield* allRules(api)
  yield* answer(
    json,
    { rules },
    table(["rule", "name", "priority", "matches", "prod", "dev", "team", ""], rules.map(row))
  )
})

const row = (rule: RuleView): ReadonlyArray<string> => [
  String(rule.id),
  rule.name,
  String(rule.priority),
  `${rule.match_type} ${rule.match_type === "oid_prefix" ? rule.trap_oid ?? "" : rule.match_string ?? ""}`,
  rule.prod_handling,
  rule.dev_handling,
  rule.team_assignment,
  rule.is_active ? "" : "inactive"
]

export const rules = Command.make("rules").pipe(
  Command.withDescription("The rules that decide about events"),
  Command.withSubcommands([list, rulesTest, rulesLint, rulesBacktest, ...rulesAsData, ...rulesAtWork])
)
