import { Context, type Effect } from "effect"
import type { EventAuditEntry } from "../../src/domain/Decision.ts"
import type { EventAuditFailed } from "./EventAudit.ts"

/** Names one event: by its id, and better by its time too, which is the key of the record. */
export interface EventRef {
  readonly id: string
  readonly timestamp?: string | undefined
}

/** Finds one event in the record. */
export class EventLookup extends Context.Service<EventLookup, {
  readonly find: (ref: EventRef) => Effect.Effect<EventAuditEntry | undefined, EventAuditFailed>
  /** Those of the events that are recorded, by ids that have a time. Meant for a page of them, as each is looked for. */
  readonly findAll: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<EventAuditEntry>, EventAuditFailed>
}>()("mutt/layers/audit/EventLookup") {}

const shape = /^(?:(\d{1,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)_)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Reads `<id>` or `<event_timestamp>_<id>`. */
export const readEventRef = (text: string): EventRef | undefined => {
  const [, timestamp, id] = shape.exec(text) ?? []
  return id === undefined ? undefined : { id, timestamp }
}

/** An id says when the ingestor made it, in epoch milliseconds; `undefined` of one that has no time. */
export const timeOfId = (id: string): number | undefined =>
  id[14] === "7" ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined
