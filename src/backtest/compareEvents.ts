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
      if (past.cause === "silence") tally.silenced++
      const before = old === "recorded" ? past : held(past, yield* decided(old, event))
      tally.add(past, event, before, held(past, yield* decided(after, event)))
    }
    yield
  }
}

/** What a silence held back when it came is held back under any rules. */
const held = (past: PastEvent, decided: Decided): Decided =>
  past.cause !== "silence" || decided.outcome === "suppressed"
    ? decided
    : { ...decided, outcome: "suppressed", cause: past.cause, causeId: past.causeId }

function* decided(decider: Decider, event: Event): Generator<void, Decided> {
  return event.message.length < longMessage ? decider.decide(event) : yield* decider.decideSlowly(event)
}
