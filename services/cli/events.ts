import { DateTime, Effect, Option, Predicate, Schedule, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import type { EventFilters } from "../../src/api/web-ui/EventLists.ts"
import { Cause, DecisionOutcome } from "../../src/domain/Decision.ts"
import { EventSource } from "../../src/domain/Event.ts"
import type { EventRow } from "../../src/domain/EventRow.ts"
import { Environment } from "../../src/domain/Rule.ts"
import { apiCommand } from "./api.ts"
import { print, printError, printJson, table } from "./output.ts"
import { allPages } from "./pages.ts"
import { since, timeGiven, until } from "./timeFlags.ts"

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))
const oneOf = <const Values extends ReadonlyArray<string>>(name: string, values: Values) =>
  Flag.Literals(name, values).pipe(Flag.optional)

const filters = {
  host: text("host", "A name or a glob, such as 'sw1*'"),
  severity: text("severity", "0 (worst) to 7; several with commas"),
  outcome: oneOf("outcome", DecisionOutcome.literals),
  cause: oneOf("cause", Cause.literals),
  rule: text("rule", "The number of a rule, or the name it had when it decided"),
  team: text("team", "The team that the event went to"),
  environment: oneOf("environment", Environment.literals),
  source: oneOf("source", EventSource.literals),
  sender: text("sender", "The name of the key or of the sender"),
  text: text("text", "Is within the message, without case")
}

type Given = { readonly [Name in keyof typeof filters]: Option.Option<NonNullable<EventFilters[Name]>> }

const optional = <Name extends string, A>(name: Name, value: Option.Option<A>) =>
  Option.match(value, { onNone: () => ({}), onSome: (given) => ({ [name]: given }) })

const filtersOf = (at: Given): EventFilters => ({
  ...optional("host", at.host),
  ...optional("severity", at.severity),
  ...optional("outcome", at.outcome),
  ...optional("cause", at.cause),
  ...optional("rule", at.rule),
  ...optional("team", at.team),
  ...optional("environment", at.environment),
  ...optional("source", at.source),
  ...optional("sender", at.sender),
  ...optional("text", at.text)
})

const rowOf = ({ cut, hostname, message, outcome, received_at, rule_id, rule_name, severity, team }: EventRow) => [
  received_at,
  severity === null ? "-" : String(severity),
  hostname,
  outcome,
  rule_name ?? (rule_id === null ? "" : String(rule_id)),
  team,
  cut ? `${message}…` : message
]

const list = apiCommand("list", "Recorded events, newest first; with --json a line each", {
  ...filters,
  since,
  until,
  order: Flag.Literals("order", ["arrival", "device"]).pipe(Flag.withDefault("arrival")),
  limit: Flag.Int("limit").pipe(Flag.withDefault(50))
}, function*(api, at, json) {
  const { limit, order, since, until, ...others } = at
  const filter = filtersOf(others)
  const [from, to] = [yield* timeGiven("since", since), yield* timeGiven("until", until)]
  const given = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  // What no index finds is looked for in a day at most, and a host or a rule is found anywhere.
  const now = yield* DateTime.now
  const open = from !== undefined || to !== undefined || Object.keys(filter).length === 0
    || filter.rule !== undefined || (filter.host !== undefined && !/[*?]/.test(filter.host))
  if (!open) yield* printError(["mutt: of the last 24 hours; give --since and --until for others."])
  const span = open
    ? given
    : { from: DateTime.formatIso(DateTime.subtract(now, { hours: 24 })), to: DateTime.formatIso(now) }
  const events = yield* allPages(limit, (page, left) =>
    Effect.map(
      api.eventLists.list({ query: { ...filter, ...span, ...page, order, limit: Math.min(left, 1_000) } }),
      (found) => ({ items: found.events, next: found.pagination.next_cursor })
    ))
  yield* json
    ? Effect.forEach(events, (event) => printJson(event), { discard: true })
    : print(table(["received", "sev", "host", "outcome", "rule", "team", "message"], events.map(rowOf)))
})

const tail = apiCommand("tail", "Events as they are recorded, until stopped; with --json a line each", {
  ...filters
}, function*(api, at, json) {
  const filter = filtersOf(at)
  let after: string | undefined
  const once = Effect.flatMap(
    Effect.suspend(() => api.eventLists.stream({ query: { ...filter, ...(after === undefined ? {} : { after }) } })),
    Stream.runForEach(Effect.fnUntraced(function*(told) {
      if (told.event === "bye") return
      after = told.id
      const { rows, skipped } = told.data
      if (skipped > 0) yield* printError([`mutt: ${skipped} more came than could be shown.`])
      if (json) yield* Effect.forEach(rows, (row) => printJson(row), { discard: true })
      else if (rows.length > 0) yield* print(rows.map((row) => rowOf(row).join("  ")))
    }))
  )
  // A stream ends when its program stops, after a time, or with its key. The next goes on from there, at any program.
  yield* once.pipe(
    Effect.catchIf((error) => after !== undefined && Predicate.isTagged(error, "Invalid"), () => {
      after = undefined
      return printError(["mutt: too much came meanwhile to go on; `mutt events list` has it. From now on:"])
    }),
    Effect.repeat(Schedule.spaced("1 second"))
  )
})

export const events = Command.make("events").pipe(
  Command.withDescription("Recorded events"),
  Command.withSubcommands([list, tail])
)
