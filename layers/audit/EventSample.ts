import { Context, type Effect } from "effect"
import type { SampleEvent } from "../../src/rulefile/lintSample.ts"
import type { EventAuditFailed } from "./EventAudit.ts"

/** Takes the newest recorded events, as rules see them. */
export class EventSample extends Context.Service<EventSample, {
  /** Newest first: `most` of them, or fewer where these are large or reading takes long. */
  readonly newest: (most: number) => Effect.Effect<ReadonlyArray<SampleEvent>, EventAuditFailed>
}>()("mutt/layers/audit/EventSample") {}
