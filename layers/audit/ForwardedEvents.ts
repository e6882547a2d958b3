import { Context, type Effect } from "effect"
import type { Decision } from "../../src/domain/Decision.ts"
import type { EventAuditFailed } from "./EventAudit.ts"

/** A recorded event whose alert went to the forwarders. */
export interface ForwardedEvent extends Pick<Decision, "environment" | "ruleId" | "handling" | "team"> {
  readonly id: string
  /** RFC 3339. */
  readonly recordedAt: string
  /** JSON. */
  readonly raw: string
}

/** Where a page begins: at this time of recording, or after this event. Times are microseconds since 1970. */
export interface ForwardedPlace {
  readonly micros: number
  readonly after?: string | undefined
  /** Up to before this time. */
  readonly until: number
  /** How much time is looked at. */
  readonly slice: number
}

export interface ForwardedPage {
  readonly events: ReadonlyArray<ForwardedEvent>
  /** Absent on the last one. */
  readonly next?: ForwardedPlace | undefined
}

/** Reads the events whose alerts the platform should have, in the order they were recorded. */
export class ForwardedEvents extends Context.Service<ForwardedEvents, {
  /** Where events begin that were recorded since a time, in milliseconds, and up to now. */
  readonly since: (from: number) => Effect.Effect<ForwardedPlace, EventAuditFailed>
  /** Some of them, or none when a slice of time has none. Without `delivered`, those whose delivery is recorded are left out. */
  readonly page: (
    place: ForwardedPlace,
    options: { readonly delivered: boolean; readonly limit: number }
  ) => Effect.Effect<ForwardedPage, EventAuditFailed>
}>()("mutt/layers/audit/ForwardedEvents") {}

/** Writes a place as one word, for whoever goes on there later. */
export const writeForwardedPlace = ({ after = "", micros, slice, until }: ForwardedPlace): string =>
  `${micros}_${after}_${until}_${slice}`

const placeForm = /^(\d{1,16})_([0-9a-f-]{36})?_(\d{1,16})_(\d{1,12})$/

export const readForwardedPlace = (text: string): ForwardedPlace | undefined => {
  const [, micros, after, until, slice] = placeForm.exec(text) ?? []
  return micros === undefined ? undefined : {
    micros: Number(micros),
    after: after === undefined || after === "" ? undefined : after,
    until: Number(until),
    slice: Number(slice)
  }
}
