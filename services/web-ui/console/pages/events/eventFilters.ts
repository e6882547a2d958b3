import { Option, Schema } from "effect"
import type { EventFilters } from "../../../../../src/api/web-ui/EventLists.ts"
import { Cause, DecisionOutcome } from "../../../../../src/domain/Decision.ts"
import { EventSource } from "../../../../../src/domain/Event.ts"
import { type EventFilter, isIndexed } from "../../../../../src/domain/EventFilter.ts"
import { Environment } from "../../../../../src/domain/Rule.ts"
import { severityNames } from "../../../../../src/domain/Severity.ts"
import type { FilterField } from "../../parts/filterFields.ts"
import type { Search } from "./search.ts"

const plain = (values: ReadonlyArray<string>) => values.map((value) => ({ value, title: value }))

/** What events can be found by, under the names that the address has for them. */
export const filterFields: ReadonlyArray<FilterField<FilterName>> = [
  { key: "host", title: "Host", hint: "A name, or a part with * and ?" },
  {
    key: "sev",
    title: "Severity",
    choices: severityNames.map((title, number) => ({ value: String(number), title })),
    several: true
  },
  { key: "text", title: "Message", hint: "A part of it, in any case" },
  { key: "outcome", title: "Outcome", choices: plain(DecisionOutcome.literals) },
  { key: "cause", title: "Held back by", choices: plain(Cause.literals) },
  { key: "rule", title: "Rule", hint: "Its name or its number" },
  { key: "team", title: "Team" },
  { key: "env", title: "Environment", choices: plain(Environment.literals) },
  { key: "source", title: "Came by", choices: plain(EventSource.literals) },
  { key: "sender", title: "Sender" }
]
export type FilterName = "host" | "sev" | "text" | "outcome" | "cause" | "rule" | "team" | "env" | "source" | "sender"

/** The name of each facet of the API in the address. */
export const facetFields = [
  { facet: "severity", key: "sev", title: "Severity" },
  { facet: "outcome", key: "outcome", title: "Outcome" },
  { facet: "cause", key: "cause", title: "Held back by" },
  { facet: "host", key: "host", title: "Host" },
  { facet: "rule", key: "rule", title: "Rule" },
  { facet: "team", key: "team", title: "Team" }
] as const

const known = <A>(schema: Schema.Codec<A>) => {
  const decode = Schema.decodeUnknownOption(schema)
  return (value: string | undefined): A | undefined => Option.getOrUndefined(decode(value))
}
const outcomeOf = known(DecisionOutcome)
const causeOf = known(Cause)
const environmentOf = known(Environment)
const sourceOf = known(EventSource)
const severityOf = (text: string | undefined) =>
  text !== undefined && /^[0-7](?:,[0-7]){0,7}$/.test(text) ? text : undefined

type Filled = { -readonly [Name in keyof EventFilters]?: EventFilters[Name] | undefined }

/** Leaves out what is not said: the API refuses a name without a value. */
const said = (filled: Filled): EventFilters =>
  Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== undefined && value !== ""))

/** What the API is asked for. A part of the address that means nothing is as if it were not there. */
export const filtersOf = (search: Search): EventFilters =>
  said({
    host: search.host,
    severity: severityOf(search.sev),
    outcome: outcomeOf(search.outcome),
    cause: causeOf(search.cause),
    rule: search.rule,
    team: search.team,
    environment: environmentOf(search.env),
    source: sourceOf(search.source),
    sender: search.sender,
    text: search.text
  })

/** Must the span be short, because every event of it is looked at? */
export const needsShortSpan = (filters: EventFilters): boolean => {
  const { severity, ...others } = filters
  const asked: EventFilter = { ...others, severities: severity === undefined ? undefined : [0] }
  return !isIndexed(asked)
}
