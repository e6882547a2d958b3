import { Effect } from "effect"
import type { AuditRecord, RecordedEvent } from "../../layers/audit/EventAudit.ts"
import type { Delivery, EventPosition, Outcome } from "../../layers/queue/EventQueue.ts"
import type { Decision } from "../../src/domain/Decision.ts"
import type { Event } from "../../src/domain/Event.ts"
import { patternLimits } from "../../src/matching/Pattern.ts"
import type { Policy } from "../../src/matching/Policy.ts"
import type { DeadLetterReason } from "./DeadLetterReason.ts"
import { decodeEvent } from "./decodeEvent.ts"
import { outcomeOf } from "./outcomes.ts"
import { runCooperatively } from "./runCooperatively.ts"

/**
 * An event that was decided about and is to be recorded, with how it then ends. The event itself is not kept: thousands wait for the
 * database at a time, and what waits is what the process holds and the collector of garbage copies.
 */
export interface Evaluated {
  readonly position: EventPosition
  readonly record: AuditRecord
  readonly outcome: Outcome
}

/** A delivery nothing can be decided about. */
export interface Rejected {
  readonly position: EventPosition
  readonly letter: DeadLetterReason
}

export interface Evaluation {
  readonly evaluated: ReadonlyArray<Evaluated>
  readonly rejected: ReadonlyArray<Rejected>
}

/**
 * Characters of messages between two turns of the event loop, that product of them and the largest pattern's instructions, and the length
 * from which a message is judged piece by piece.
 */
const slice = 65_536
const work = patternLimits.work
const long = 4_096

/** Decides about each event of a batch. One that cannot be read, or breaks the rules engine, does not stop the others. */
export const evaluate = Effect.fnUntraced(function*(deliveries: ReadonlyArray<Delivery>, policy: Policy, at: string) {
  const evaluated: Array<Evaluated> = []
  const rejected: Array<Rejected> = []
  const atOnce = Math.min(slice, work / policy.matcher.largestPattern)
  let characters = 0
  for (const { payload, position } of deliveries) {
    const event = decodeEvent(payload)
    if (typeof event === "string") {
      rejected.push({ position, letter: { reason: "undecodable", detail: event, at } })
      continue
    }
    const decision = event.message.length < long
      ? guarded(() => policy.decide(event))
      : yield* runCooperatively(policy.decideSlowly(event)).pipe(
        Effect.catchDefect((defect) => Effect.succeed(broken(defect)))
      )
    if (typeof decision === "string") rejected.push({ position, letter: { reason: "broken", detail: decision, at } })
    else {
      evaluated.push({
        position,
        record: { event: columnsOf(event), raw: payload, decision },
        outcome: outcomeOf(position, event, decision, at)
      })
    }
    characters += event.message.length
    if (characters >= atOnce) {
      characters = 0
      yield* Effect.yieldNow
    }
  }
  return { evaluated, rejected } satisfies Evaluation
})

const columnsOf = (
  { correlationId, hostname, id, receivedAt, severity, timestamp }: Event
): RecordedEvent => ({ id, timestamp, receivedAt, hostname, correlationId, severity })

const guarded = (decide: () => Decision): Decision | string => {
  try {
    return decide()
  } catch (defect) {
    return broken(defect)
  }
}

const broken = (
  defect: unknown
): string => (defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect))
