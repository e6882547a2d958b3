import { decodeEvent } from "../decode/decodeEvent.ts"
import type { Event } from "../domain/Event.ts"
import type { PastEvent } from "../domain/PastEvent.ts"
import type { BacktestTally } from "./BacktestTally.ts"
import type { Decided, Decider } from "./Decider.ts"

/** A message of this length is decided with pauses within it. */
const longMessage = 4_096

/** Decides about recorded events by two sets of rules, or by one beside the record. Pauses after each event. */
export function* compareEvents(
  events: ReadonlyArray<PastEvent>,
  old: Decider | "recorded",
  after: Decider,
  tally: BacktestTally
): Generator<void, void> {
  for (const past of events) {
    tally.read++
    tally.last = past.at
    const event = decodeEvent(past.raw)
    if (typeof event === "string") tally.unreadable++
    else {
      const before = old === "recorded" ? past : yield* decided(old, event)
      tally.add(past, event, before, yield* decided(after, event))
    }
    yield
  }
}

function* decided(decider: Decider, event: Event): Generator<void, Decided> {
  return event.message.length < longMessage ? decider.decide(event) : yield* decider.decideSlowly(event)
}
