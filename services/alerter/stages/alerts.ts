import type { EncodedAlert } from "../../../layers/queue/EventQueue.ts"
import type { Alert } from "../../../src/domain/Alert.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { Event } from "../../../src/domain/Event.ts"
import type { Handling } from "../../../src/domain/Rule.ts"
import { signature } from "../../../src/logic/signatures.ts"

const encoded = (alert: Alert): EncodedAlert => ({
  id: alert.id,
  signature: alert.signature,
  payload: JSON.stringify(alert)
})

const common = (event: Event, decision: Decision, decidedAt: string) => ({
  id: event.id,
  correlationId: event.correlationId,
  hostname: event.hostname,
  environment: decision.environment,
  team: decision.team,
  eventTimestamp: event.timestamp,
  receivedAt: event.receivedAt,
  decidedAt,
  source: event.source,
  ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent })
})

/** The alert of an event whose rule forwards it. */
export const eventAlert = (event: Event, decision: Decision, handling: Handling, decidedAt: string): EncodedAlert =>
  encoded({
    ...common(event, decision, decidedAt),
    kind: "event",
    signature: signature(event.hostname, decision.ruleId, event.message),
    message: event.message,
    handling,
    ruleId: decision.ruleId,
    ...(event.severity === undefined ? {} : { severity: event.severity }),
    ...(event.trapOid === undefined ? {} : { trapOid: event.trapOid })
  })

/** Characters of the sample message in a meta-alert. */
const sampleLength = 200

/** The alert that stands for `count` like events without a rule, of which `event` is the newest. */
export const metaAlert = (
  event: Event,
  decision: Decision,
  { threshold, windowMs }: { readonly threshold: number; readonly windowMs: number },
  decidedAt: string
): EncodedAlert =>
  encoded({
    ...common(event, decision, decidedAt),
    kind: "meta",
    signature: signature(event.hostname, null, event.message),
    message: `[MUTT] Detected ${threshold} unhandled messages in ${windowMs / 1_000}s from '${event.hostname}'. ` +
      `Sample message: ${event.message.slice(0, sampleLength)}`,
    severity: 4,
    handling: "Ticket_only",
    ruleId: null,
    count: threshold
  })
