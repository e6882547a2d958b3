import { Effect } from "effect"
import type { RecordedEvent } from "../../../layers/audit/EventAudit.ts"
import type { Event } from "../../../src/domain/Event.ts"
import type { Evaluated, EventSpan, Stage } from "../Batch.ts"
import { carriedBy, noteDecision } from "./decideSpan.ts"
import { outcomeOf } from "./outcomes.ts"

/** Characters to compose before the event loop turns. */
const charactersAtOnce = 262_144

/** Makes the record of each event, and its alert, when all is decided. */
export const compose: Stage = Effect.fnUntraced(function*(batch) {
  const evaluated: Array<Evaluated> = []
  const spans: Array<EventSpan> = []
  let characters = 0
  for (const { decision, event, payload, position, span } of batch.decided) {
    if (span !== undefined) {
      noteDecision(span, decision)
      spans.push({ span, receivedAt: event.receivedAt })
    }
    evaluated.push({
      position,
      record: { event: columnsOf(event), raw: payload, decision },
      outcome: outcomeOf(position, span === undefined ? event : carriedBy(span, event), decision, batch.at)
    })
    characters += payload.length
    if (characters < charactersAtOnce) continue
    characters = 0
    yield* Effect.yieldNow
  }
  return { ...batch, decided: [], evaluated, spans }
})

const columnsOf = (
  { correlationId, hostname, id, receivedAt, severity, timestamp }: Event
): RecordedEvent => ({ id, timestamp, receivedAt, hostname, correlationId, severity })
