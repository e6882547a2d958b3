import { Effect, Layer, Option, Schema } from "effect"
import { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import {
  type EventCountsQuery,
  EventList,
  type EventListQuery,
  type HeardHost,
  type HostsQuery
} from "../../../layers/audit/EventList.ts"
import { readListCursor, writeListCursor } from "../../../layers/audit/eventListCursor.ts"
import { countsOf, type Tally } from "../../../layers/audit/eventTally.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import type { EventAuditEntry } from "../../../src/domain/Decision.ts"
import { type EventFilter, isHostGlob } from "../../../src/domain/EventFilter.ts"
import type { EventRow } from "../../../src/domain/EventRow.ts"
import { bucketsOf } from "../../../src/logic/eventBuckets.ts"
import { eventHead } from "../../../src/logic/eventHead.ts"
import { globMatches } from "../../../src/logic/hosts.ts"
import { ruleNameOf } from "../rules/ruleNameMemory.ts"
import { RecordedRows } from "./EventAuditMemory.ts"

const decodeMessage = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ message: Schema.String })))

/** Lists the record that is kept in memory, for tests. */
export const EventListMemory = Layer.effect(
  EventList,
  Effect.gen(function*() {
    const recorded = yield* RecordedRows
    const repository = yield* RuleRepository

    const rowOf = Effect.fnUntraced(function*(entry: EventAuditEntry) {
      const { event_timestamp, id, matched_rule_id, rules_version } = entry
      return {
        ...eventHead(entry.raw_message),
        ref: `${event_timestamp}_${id}`,
        id,
        received_at: entry.received_at,
        event_timestamp,
        hostname: entry.hostname,
        severity: entry.severity,
        outcome: entry.outcome,
        cause: entry.cause,
        cause_id: entry.cause_id,
        environment: entry.environment,
        rule_id: matched_rule_id,
        rule_name: yield* ruleNameOf(repository, entry),
        team: entry.team_assignment,
        handling: entry.handling_decision,
        rules_version
      } satisfies EventRow
    })
    const found = Effect.fnUntraced(function*(filter: EventFilter, from = 0) {
      const all = recorded().slice(from)
      const rows = yield* Effect.forEach(all, rowOf)
      return rows.filter((row, index) => fits(row, all[index]?.raw_message ?? "", filter))
    })
    const refused = new EventAuditFailed({ reason: "data", detail: "The cursor cannot be read." })

    return EventList.of({
      page: Effect.fnUntraced(function*(query: EventListQuery) {
        const cursor = query.cursor === undefined ? undefined : readListCursor(query.cursor)
        if (query.cursor !== undefined && cursor === undefined) return yield* refused
        const timeOf = ({ event_timestamp, received_at }: EventRow) =>
          query.order === "arrival" ? received_at : event_timestamp
        const keyOf = (row: EventRow) => `${new Date(timeOf(row)).toISOString()}_${row.id}`
        const at = cursor === undefined ? "" : `${new Date(cursor.timestamp).toISOString()}_${cursor.eventId}`
        const newer = cursor?.side === "newer"
        const all = (yield* found(query.filter)).filter((row) => within(timeOf(row), query))
          .filter((row) => cursor === undefined || (newer ? keyOf(row) > at : keyOf(row) < at))
          .sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))
        const rows = newer ? all.slice(-query.limit) : all.slice(0, query.limit)
        const place = (row: EventRow | undefined, side: "older" | "newer") =>
          row === undefined
            ? cursor && writeListCursor({ ...cursor, side })
            : writeListCursor({ side, timestamp: new Date(timeOf(row)).toISOString(), eventId: row.id })
        return {
          rows,
          next: newer || all.length > rows.length ? place(rows.at(-1), "older") : undefined,
          previous: place(rows[0], "newer")
        }
      }),
      counts: Effect.fnUntraced(function*(query: EventCountsQuery) {
        const timeOf = ({ event_timestamp, received_at }: EventRow) =>
          query.order === "arrival" ? received_at : event_timestamp
        const rows = (yield* found(query.filter)).filter((row) => within(timeOf(row), query))
        const { starts: [first = 0], width } = bucketsOf(Date.parse(query.from), Date.parse(query.to))
        const tallies = rows.flatMap((row): ReadonlyArray<Tally> => [
          {
            facet: "bucket",
            bucket: Math.floor((Date.parse(timeOf(row)) - first) / width),
            outcome: row.outcome,
            value: null,
            count: 1
          },
          one("host", row.hostname),
          one("rule", row.rule_name ?? (row.rule_id === null ? null : String(row.rule_id))),
          one("team", row.team),
          one("severity", row.severity === null ? null : String(row.severity)),
          one("outcome", row.outcome),
          one("cause", row.cause)
        ])
        return countsOf(query, summed(tallies), 1, 20)
      }),
      hosts: ({ from, since, to }: HostsQuery) =>
        Effect.sync(() => {
          const hosts = new Map<string, HeardHost>()
          for (const { event_timestamp, hostname, received_at } of recorded()) {
            const counts = within(received_at, { from, to })
            if (!counts && !within(event_timestamp, { from: since })) continue
            const { count = 0, lastAt = received_at } = hosts.get(hostname) ?? {}
            const isNewest = Date.parse(received_at) > Date.parse(lastAt)
            hosts.set(hostname, {
              hostname,
              lastAt: isNewest ? received_at : lastAt,
              count: count + (counts ? 1 : 0)
            })
          }
          const byName = [...hosts.values()].sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
          return { hosts: byName, exact: true, complete: true }
        }),
      arrivals: Effect.fnUntraced(function*(filter: EventFilter, place: string | undefined, limit: number) {
        const start = place === undefined ? recorded().length : Number(/^memory-(\d+)$/.exec(place)?.[1])
        if (Number.isNaN(start)) return yield* refused
        const all = recorded()
        const rows: Array<{ readonly row: EventRow; readonly place: string }> = []
        let at = start
        for (; at < all.length && rows.length < limit; at++) {
          const entry = all[at]
          if (entry === undefined) break
          const row = yield* rowOf(entry)
          if (fits(row, entry.raw_message, filter)) rows.push({ row, place: `memory-${at + 1}` })
        }
        return { rows, place: `memory-${at}`, more: at < all.length }
      })
    })
  })
)

const one = (facet: Tally["facet"], value: string | null): Tally => ({
  facet,
  bucket: null,
  outcome: null,
  value,
  count: 1
})

/** Adds up what is counted under one name. */
const summed = (tallies: ReadonlyArray<Tally>): ReadonlyArray<Tally> => {
  const sums = new Map<string, Tally>()
  for (const tally of tallies) {
    const key = JSON.stringify([tally.facet, tally.bucket, tally.outcome, tally.value])
    sums.set(key, { ...tally, count: (sums.get(key)?.count ?? 0) + tally.count })
  }
  return [...sums.values()]
}

const within = (time: string, { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }) =>
  (from === undefined || Date.parse(time) >= Date.parse(from)) &&
  (to === undefined || Date.parse(time) < Date.parse(to))

const fits = (row: EventRow, raw: string, filter: EventFilter): boolean => {
  const { cause, environment, host, outcome, rule, sender, severities, source, team, text } = filter
  const is = (wanted: unknown, value: unknown) => wanted === undefined || wanted === value
  const message = Option.getOrElse(decodeMessage(raw), () => ({ message: "" })).message
  return (host === undefined ||
    (isHostGlob(host) ? globMatches(host.toLowerCase(), row.hostname) : host.toLowerCase() === row.hostname))
    && (severities === undefined || (row.severity !== null && severities.includes(row.severity)))
    && is(outcome, row.outcome) && is(cause, row.cause) && is(team, row.team) && is(environment, row.environment)
    && is(source, row.source) && is(sender, row.sender)
    && is(rule, typeof rule === "number" ? row.rule_id : row.rule_name)
    && (text === undefined || message.toLowerCase().includes(text.toLowerCase()))
}
