import type { Alert } from "../domain/Alert.ts"
import type { Decision } from "../domain/Decision.ts"
import type { Event } from "../domain/Event.ts"
import type { Handling } from "../domain/Rule.ts"
import { signature } from "./signatures.ts"

/** What an alert has of its event and of the decision. */
export const alertBasis = (event: Event, decision: Pick<Decision, "environment" | "team">, decidedAt: string) => ({
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
export const eventAlert = (
  event: Event,
  decision: Pick<Decision, "environment" | "team" | "ruleId">,
  handling: Handling,
  decidedAt: string
): Alert => ({
  ...alertBasis(event, decision, decidedAt),
  kind: "event",
  signature: signature(event.hostname, decision.ruleId, event.message),
  message: event.message,
  handling,
  ruleId: decision.ruleId,
  ...(event.severity === undefined ? {} : { severity: event.severity }),
  ...(event.trapOid === undefined ? {} : { trapOid: event.trapOid })
})
