import { Context, type Effect } from "effect"
import type { EventFilter, EventOrder, EventSpan } from "../../src/domain/EventFilter.ts"
import type { EventBucket, EventRow } from "../../src/domain/EventRow.ts"
import type { EventAuditFailed } from "./EventAudit.ts"

export interface EventListQuery extends EventSpan {
  readonly filter: EventFilter
  readonly order: EventOrder
  readonly limit: number
  /** Opaque; of the page before or after. */
  readonly cursor?: string | undefined
}

/** Newest first. A cursor is absent where there is nothing on that side. */
export interface EventPage {
  readonly rows: ReadonlyArray<EventRow>
  /** Goes on with what is older. */
  readonly next?: string | undefined
  /** Goes back to what is newer; also on the newest page, for what will have come. */
  readonly previous?: string | undefined
}

export const facetNames = ["host", "rule", "team", "severity", "outcome", "cause"] as const
export type FacetName = (typeof facetNames)[number]

/** The most frequent values, with how often each occurs. */
export type Facets = { readonly [Name in FacetName]: ReadonlyArray<readonly [value: string, count: number]> }

export interface EventCounts {
  /** All of the span, in time order, empty ones too. */
  readonly buckets: ReadonlyArray<EventBucket>
  readonly facets: Facets
  /** Was every row counted? Else the numbers come from a sample, and are multiplied. */
  readonly exact: boolean
}

export interface EventCountsQuery {
  readonly filter: EventFilter
  readonly order: EventOrder
  readonly from: string
  readonly to: string
}

export interface HostsQuery {
  /** Events are counted that arrived in this span; RFC 3339. */
  readonly from: string
  readonly to: string
  /** Hosts are also looked for among the events to which devices gave a time from here on. */
  readonly since: string
}

/** A host of which the record has events. */
export interface HeardHost {
  readonly hostname: string
  /** When its newest event arrived. */
  readonly lastAt: string
  /** Its events in the span. */
  readonly count: number
}

export interface HeardHosts {
  /** By name. */
  readonly hosts: ReadonlyArray<HeardHost>
  /** Was every row of the span counted? Else the numbers come from a sample, and are multiplied. */
  readonly exact: boolean
  /** Are these all hosts? Else there are too many, or there was no time for more. */
  readonly complete: boolean
}

/** What came into the record since `after`, oldest first, and where to go on. */
export interface Arrivals {
  /** Each with the place right after it. */
  readonly rows: ReadonlyArray<{ readonly row: EventRow; readonly place: string }>
  readonly place: string
  /** There may be more already. */
  readonly more: boolean
}

/** Lists, counts and follows the record of events, and knows the hosts they came from. */
export class EventList extends Context.Service<EventList, {
  /** A cursor that cannot be read is `data`. */
  readonly page: (query: EventListQuery) => Effect.Effect<EventPage, EventAuditFailed>
  readonly counts: (query: EventCountsQuery) => Effect.Effect<EventCounts, EventAuditFailed>
  /** Every host heard of, within bounds of rows and time. */
  readonly hosts: (query: HostsQuery) => Effect.Effect<HeardHosts, EventAuditFailed>
  /** Without a place: nothing yet, and the place of now. A place that cannot be read is `data`. */
  readonly arrivals: (
    filter: EventFilter,
    place: string | undefined,
    limit: number
  ) => Effect.Effect<Arrivals, EventAuditFailed>
}>()("mutt/layers/audit/EventList") {}
