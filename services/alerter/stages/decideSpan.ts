import type { Span } from "../../../layers/telemetry/Span.ts"
import type { Tracing } from "../../../layers/telemetry/Tracing.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { formatTraceparent, parseTraceparent } from "../../../src/logic/traceparent.ts"

/** Begins the span of an event whose trace is told. An alerter that tells nobody hands on what the event carries. */
export const beginDecide = ({ enabled, start }: Tracing, { id, traceparent }: Event): Span | undefined => {
  const parent = enabled ? parseTraceparent(traceparent) : undefined
  if (parent?.sampled !== true) return undefined
  return start("decide", {
    kind: "consumer",
    parent,
    attributes: {
      "messaging.system": "redis",
      "messaging.operation.name": "decide",
      "messaging.operation.type": "process",
      "messaging.destination.name": "events",
      "messaging.message.id": id
    }
  })
}

/** Says what was decided. */
export const noteDecision = (span: Span, decision: Decision): void =>
  span.annotate({
    "mutt.outcome": decision.outcome,
    ...(decision.ruleId === null ? {} : { "mutt.rule_id": decision.ruleId })
  })

/** The event as its alert carries it on. */
export const carriedBy = (span: Span, event: Event): Event => ({ ...event, traceparent: formatTraceparent(span) })
