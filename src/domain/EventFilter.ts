import type { Cause, DecisionOutcome } from "./Decision.ts"
import type { EventSource } from "./Event.ts"
import type { Environment } from "./Rule.ts"

/** What recorded events are asked for by. All of it must hold. */
export interface EventFilter {
  /** A name or a glob, as in teams. */
  readonly host?: string | undefined
  /** Any of these. */
  readonly severities?: ReadonlyArray<number> | undefined
  readonly outcome?: DecisionOutcome | undefined
  readonly cause?: Cause | undefined
  /** The number of a rule, or the name that it had in the version that decided. */
  readonly rule?: number | string | undefined
  readonly team?: string | undefined
  readonly environment?: Environment | undefined
  readonly source?: EventSource | undefined
  readonly sender?: string | undefined
  /** Is within the message, without case. */
  readonly text?: string | undefined
}

/** A part of the record: RFC 3339; `from` is inclusive, `to` is not. */
export interface EventSpan {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** By when an event came in, or by the time its device gave. */
export type EventOrder = "arrival" | "device"

export const isHostGlob = (host: string): boolean => /[*?]/.test(host)

/** The most hours that are searched where no index helps. */
export const mostSearchHours = 24

/** Can an index find it? Otherwise every event of the span is looked at. */
export const isIndexed = ({ host, rule, ...others }: EventFilter): boolean =>
  rule !== undefined || (host !== undefined && !isHostGlob(host))
  || (host === undefined && Object.values(others).every((value) => value === undefined))

/** One line that is the same for equal filters only. */
export const filterKey = (filter: EventFilter): string =>
  JSON.stringify(Object.entries(filter).filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)))
