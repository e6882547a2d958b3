import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { AlertFilter, AlertRow } from "../../src/api/web-ui/Alerts.ts"
import { Handling } from "../../src/domain/Rule.ts"
import { type Api, apiCommand, CommandFailed } from "./api.ts"
import { because, reason } from "./change.ts"
import { confirmed, yes } from "./confirm.ts"
import { answer, table } from "./output.ts"
import { allPages } from "./pages.ts"

const optional = (name: string, what: string) => Flag.String(name).pipe(Flag.optional, Flag.withDescription(what))

const filterFlags = {
  host: optional("host", "Only those of this host"),
  signature: optional("signature", "Only those of this signature"),
  team: optional("team", "Only those of this team"),
  handling: Flag.Literals("handling", Handling.literals).pipe(
    Flag.optional,
    Flag.withDescription("Only those with this handling")
  ),
  rule: Flag.Int("rule").pipe(Flag.optional, Flag.withDescription("Only those of the rule with this number"))
}

interface Given {
  readonly host: Option.Option<string>
  readonly signature: Option.Option<string>
  readonly team: Option.Option<string>
  readonly handling: Option.Option<Handling>
  readonly rule: Option.Option<number>
}

const filterOf = ({ handling, host, rule, signature, team }: Given): AlertFilter => ({
  ...Option.match(host, { onNone: () => ({}), onSome: (host) => ({ host }) }),
  ...Option.match(signature, { onNone: () => ({}), onSome: (signature) => ({ signature }) }),
  ...Option.match(team, { onNone: () => ({}), onSome: (team) => ({ team }) }),
  ...Option.match(handling, { onNone: () => ({}), onSome: (handling) => ({ handling }) }),
  ...Option.match(rule, { onNone: () => ({}), onSome: (rule) => ({ rule }) })
})

const row = (one: AlertRow): ReadonlyArray<string> => [
  one.id,
  one.state,
  one.hostname ?? "",
  one.team ?? "",
  one.handling ?? "",
  String(one.tries),
  one.delivered_at ?? one.next_at ?? "",
  one.answer ?? ""
]

const titles = ["alert", "state", "host", "team", "handling", "tries", "when", "answer"]

const list = apiCommand("list", "Alerts on their way by their next try, then dead and delivered ones, newest first", {
  state: optional("state", "Only in these: waiting, parked, claimed, dead, delivered, with commas between"),
  limit: Flag.Int("limit").pipe(Flag.withDefault(50), Flag.withDescription("Alerts to list at most (50)")),
  ...filterFlags
}, function*(api, at, json) {
  const state = Option.match(at.state, { onNone: () => ({}), onSome: (state) => ({ state }) })
  const alerts = yield* allPages(at.limit, (query, left) =>
    Effect.map(
      api.alerts.list({ query: { ...query, ...state, ...filterOf(at), limit: Math.min(left, 200) } }),
      (found) => ({ items: found.alerts, next: found.pagination.next_cursor })
    ))
  yield* answer(json, { alerts }, table(titles, alerts.map(row)))
})

const show = apiCommand("show", "An alert with its tries", { id: Argument.String("id") }, function*(api, { id }, json) {
  const found = yield* api.alerts.byId({ params: { id } })
  const tries = found.attempts.map(({ at, detail, reason }) => `A try at ${at} failed (${reason}): ${detail}`)
  const ended = found.delivered_at === null
    ? []
    : [`Delivered at ${found.delivered_at}, at try ${found.tries}${found.ms === null ? "" : `, after ${found.ms} ms`}.`]
  yield* answer(json, found, [...table(titles, [row(found)]), "", ...tries, ...ended])
})

/** How many parked alerts a filter finds, counted by the API as far as it looks. */
const parkedOf = Effect.fnUntraced(function*({ alerts }: Api, filter: AlertFilter) {
  const { exact, total } = yield* alerts.groups({ query: { ...filter, by: "host", state: "parked" } })
  return exact
    ? total
    : yield* new CommandFailed({ message: `More than ${total} are parked. Say how many with --expected.` })
})

const retry = apiCommand("retry", "Try parked alerts now, and not only when their time has come", {
  ids: Argument.String("id").pipe(Argument.variadic()),
  all: Flag.Boolean("all").pipe(Flag.withDefault(false), Flag.withDescription("All that are parked, in place of ids")),
  ...filterFlags,
  expected: Flag.Int("expected").pipe(
    Flag.optional,
    Flag.withDescription("How many the filter finds; with another number nothing is done")
  ),
  yes,
  reason
}, function*(api, at, json) {
  const filter = filterOf(at)
  const filtered = at.all || Object.keys(filter).length > 0
  if (filtered === at.ids.length > 0) {
    return yield* new CommandFailed({ message: "Give ids, or --all, or a filter such as --host." })
  }
  const why = because(at.reason)
  if (!filtered) {
    const done = yield* api.alerts.retry({ payload: { ids: at.ids, ...why } })
    return yield* answer(json, done, retriedWords(done))
  }
  const expected = Option.isSome(at.expected) ? at.expected.value : yield* parkedOf(api, filter)
  yield* confirmed(`${expected} parked alerts will be tried now.`, at.yes)
  const done = yield* api.alerts.retry({ payload: { filter, expected, ...why } })
  yield* answer(json, done, retriedWords(done))
})

const retriedWords = ({ retried, skipped }: { readonly retried: number; readonly skipped: number }) =>
  `${retried} are tried now.${skipped === 0 ? "" : ` ${skipped} were not parked.`}`

export const alerts = Command.make("alerts").pipe(
  Command.withDescription("Alerts on their way to the platform, dead and delivered"),
  Command.withSubcommands([list, show, retry])
)
