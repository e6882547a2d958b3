import { Context, type Effect, type Stream } from "effect"
import type { PastEvent } from "../../src/domain/PastEvent.ts"
import type { EventAuditFailed } from "./EventAudit.ts"

/** Which recorded events are read. */
export interface EventSpan {
  /** Milliseconds since 1970, of arrival: from this one, up to before `to`. */
  readonly from: number
  readonly to: number
  /** Names of hosts and globs; all hosts when absent. */
  readonly hosts?: ReadonlyArray<string> | undefined
  /** One event in so many, by the low bits of its id: the same ones each time. */
  readonly sample: number
  /** Only events that were forwarded or matched no rule. */
  readonly notSuppressed?: boolean | undefined
}

/** One in how many events may be read. */
export const mostSample = 65_536

/** Reads recorded events in the order they came, without holding anything up. */
export class EventReader extends Context.Service<EventReader, {
  /** Page by page. The next page is read while the last one is used, so a slow reader holds two. */
  readonly pages: (span: EventSpan) => Stream.Stream<ReadonlyArray<PastEvent>, EventAuditFailed>
  /** About how many there are, without reading them. */
  readonly estimate: (span: EventSpan) => Effect.Effect<number, EventAuditFailed>
}>()("mutt/layers/audit/EventReader") {}
