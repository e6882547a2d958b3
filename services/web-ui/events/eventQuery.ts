import { DateTime, Effect } from "effect"
import { Invalid } from "../../../src/api/shared/Problems.ts"
import type { EventFilters } from "../../../src/api/web-ui/EventLists.ts"
import { type EventFilter, type EventSpan, isIndexed, mostSearchHours } from "../../../src/domain/EventFilter.ts"
import { timeOf } from "../http/paging.ts"

export const filterOf = (query: EventFilters): EventFilter => {
  const { cause, environment, host, outcome, rule, sender, severity, source, team, text } = query
  return {
    host: host?.toLowerCase(),
    severities: severity === undefined ? undefined : [...new Set(severity.split(",").map(Number))].sort(),
    outcome,
    cause,
    rule: rule === undefined ? undefined : /^\d{1,9}$/.test(rule) ? Number(rule) : rule,
    team,
    environment,
    source,
    sender,
    text
  }
}

const iso = (ms: number): string => DateTime.formatIso(DateTime.makeUnsafe(ms))

/** The times of a query, or what is wrong with them. */
export const spanOf = Effect.fnUntraced(
  function*(query: { readonly from?: string; readonly to?: string }, filter: EventFilter) {
    const span: EventSpan = { from: yield* timeOf("from", query.from), to: yield* timeOf("to", query.to) }
    const hours = span.from === undefined
      ? Infinity
      : (millisOf(span.to, DateTime.toEpochMillis(yield* DateTime.now)) - millisOf(span.from, 0)) / 3_600_000
    if (!isIndexed(filter) && hours > mostSearchHours) return yield* tooWide
    return span
  }
)

/** The same for a count, which has two ends: of the last hour if not said. */
export const wholeSpanOf = Effect.fnUntraced(
  function*(query: { readonly from?: string; readonly to?: string }, filter: EventFilter) {
    const now = DateTime.toEpochMillis(yield* DateTime.now)
    const to = (yield* timeOf("to", query.to)) ?? iso(now)
    const from = (yield* timeOf("from", query.from)) ?? iso(Date.parse(to) - 3_600_000)
    if (Date.parse(from) >= Date.parse(to)) return yield* wrong("from: Must be before `to`.", "Must be before `to`.")
    yield* spanOf({ from, to }, filter)
    return { from, to }
  }
)

const millisOf = (time: string | undefined, fallback: number): number =>
  time === undefined ? fallback : Date.parse(time)

const wrong = (detail: string, message: string) => new Invalid({ detail, errors: [{ field: "from", message }] })

const tooWide = wrong(
  `No index finds these events: give \`from\` and \`to\` no more than ${mostSearchHours} hours apart, or the name of a host or rule.`,
  `Is needed here, and no more than ${mostSearchHours} hours before \`to\`.`
)
