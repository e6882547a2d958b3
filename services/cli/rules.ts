import { Effect, Schema, Struct } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { RuleInput, type RuleView } from "../../src/api/web-ui/Rules.ts"
import { canonicalJson } from "../../src/logic/canonicalJson.ts"
import { type Api, apiCommand } from "./api.ts"
import { dryRun } from "./change.ts"
import { inputFile } from "./inputFile.ts"
import { answer, printJson, table } from "./output.ts"
import { allPages } from "./pages.ts"
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
  yield* answer(json, { rules }, table(["rule", "priority", "matches", "prod", "dev", "team", ""], rules.map(row)))
})

const row = (rule: RuleView): ReadonlyArray<string> => [
  String(rule.id),
  String(rule.priority),
  `${rule.match_type} ${rule.match_type === "oid_prefix" ? rule.trap_oid ?? "" : rule.match_string ?? ""}`,
  rule.prod_handling,
  rule.dev_handling,
  rule.team_assignment,
  rule.is_active ? "" : "inactive"
]

/** A rule as it is kept in a file: what it says, without what the database adds. */
const contentOf = (rule: RuleView) => Struct.omit(rule, ["id", "created_at", "updated_at"])

const exportRules = apiCommand("export", "All rules, as a file to keep", {}, function*(api) {
  const rules = yield* allRules(api)
  yield* printJson({ rules: rules.map(contentOf) }, 2)
})

const rulesFile = inputFile(Schema.Struct({ rules: Schema.Array(RuleInput) }))

const importRules = apiCommand("import", "Make the rules what a file of `mutt rules export` says", {
  file: Argument.String("file"),
  dryRun,
  reason: Flag.String("reason").pipe(Flag.withAlias("r"), Flag.withDefault("mutt rules import"))
}, function*(api, at, json) {
  const wanted = yield* rulesFile(at.file)
  const rules = yield* allRules(api)
  const { create, remove } = difference(rules, wanted.rules)
  if (!at.dryRun) {
    // New ones first: at no moment does an event meet fewer rules than before or after.
    for (const payload of create) yield* api.rules.create({ payload: { ...payload, reason: at.reason } })
    for (const { id } of remove) yield* api.rules.remove({ params: { id }, payload: { reason: at.reason } })
  }
  const changes = [
    ...create.map((rule) => `+ ${canonicalJson({ ...rule, reason: null })}`),
    ...remove.map((rule) => `- ${canonicalJson({ ...contentOf(rule), id: rule.id })}`)
  ]
  const end = at.dryRun ? "Nothing was changed (--dry-run)." : `${create.length} created, ${remove.length} deleted.`
  const result = { created: create.length, deleted: remove.length, dry_run: at.dryRun }
  yield* answer(json, result, changes.length === 0 ? "Nothing to change." : [...changes, end])
})

/** Lists which rules to create and which to remove. Equal rules stay, with their ids. */
const difference = (there: ReadonlyArray<RuleView>, wanted: ReadonlyArray<typeof RuleInput.Type>) => {
  const left = new Map<string, Array<RuleView>>()
  for (const rule of there) {
    const text = canonicalJson(contentOf(rule))
    left.set(text, [...left.get(text) ?? [], rule])
  }
  const create = wanted.filter((rule) => {
    const { reason: _reason, ...content } = rule
    return left.get(canonicalJson(content))?.shift() === undefined
  })
  return { create, remove: [...left.values()].flat() }
}

export const rules = Command.make("rules").pipe(
  Command.withDescription("The rules that decide about events"),
  Command.withSubcommands([list, rulesTest, rulesLint, exportRules, importRules])
)
