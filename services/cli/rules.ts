import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { RuleView } from "../../src/api/web-ui/Rules.ts"
import { type Api, apiCommand } from "./api.ts"
import { answer, shown, table } from "./output.ts"
import { allPages } from "./pages.ts"
import { rulesAsData } from "./rulesAsData.ts"

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

const test = apiCommand("test", "Which rule an event would match, and why", {
  message: Argument.String("message"),
  host: Flag.String("host").pipe(Flag.withDefault("test-host")),
  severity: Flag.String("severity").pipe(Flag.optional),
  trapOid: Flag.String("trap-oid").pipe(Flag.optional),
  tag: Flag.String("tag").pipe(Flag.optional, Flag.withDescription("What stands before the message: LINK-DOWN")),
  line: Flag.Boolean("line").pipe(
    Flag.withDefault(false),
    Flag.withDescription("The message is a whole line of syslog, to be decoded as the ingestor does")
  )
}, function*(api, at, json) {
  const tested = yield* api.rules.test({
    payload: {
      hostname: at.host,
      message: at.line ? "" : at.message,
      ...(at.line ? { line: at.message } : {}),
      ...Option.match(at.tag, { onNone: () => ({}), onSome: (tag) => ({ tag }) }),
      ...Option.match(at.severity, { onNone: () => ({}), onSome: (severity) => ({ severity }) }),
      ...Option.match(at.trapOid, { onNone: () => ({}), onSome: (trap_oid) => ({ trap_oid }) })
    }
  })
  const { message, tag } = tested.saw
  const seen = tag === null ? [] : [`The rules saw ${shown(message)} and ${shown(tag + message)}.`]
  yield* answer(json, tested, [`${tested.outcome}: ${tested.reason}`, ...seen])
})

export const rules = Command.make("rules").pipe(
  Command.withDescription("The rules that decide about events"),
  Command.withSubcommands([list, test, ...rulesAsData])
)
