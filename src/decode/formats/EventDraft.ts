import { type Event, eventLimits } from "../../domain/Event.ts"
import { Refusal } from "../ReceiveContext.ts"

/** An event that is being put together. */
export type EventDraft = { -readonly [K in keyof Event]: Event[K] }

export const longHostname = new Refusal(
  "hostname_too_long",
  `The host name is longer than ${eventLimits.hostname} characters.`
)
