import { encodeAlert } from "../../../layers/queue/encodeAlert.ts"
import type { EncodedAlert } from "../../../layers/queue/EventQueue.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { alertBasis } from "../../../src/logic/eventAlert.ts"
import { signature } from "../../../src/logic/signatures.ts"

/** Characters of the sample message in a meta-alert. */
const sampleLength = 200

/** The alert that stands for `count` like events without a rule, of which `event` is the newest. */
export const metaAlert = (
  event: Event,
  decision: Decision,
  { threshold, windowMs }: { readonly threshold: number; readonly windowMs: number },
  decidedAt: string
): EncodedAlert =>
  encodeAlert({
    ...alertBasis(event, decision, decidedAt),
    kind: "meta",
    signature: signature(event.hostname, null, event.message),
    message: `[MUTT] Detected ${threshold} unhandled messages in ${windowMs / 1_000}s from '${event.hostname}'. ` +
      `Sample message: ${event.message.slice(0, sampleLength)}`,
    severity: 4,
    handling: "Ticket_only",
    ruleId: null,
    count: threshold
  })
