import { canary } from "../domain/Canary.ts"
import type { Decision } from "../domain/Decision.ts"
import type { Event } from "../domain/Event.ts"

/** One object for all: the record sends each decision of a batch once. */
const decision: Decision = {
  outcome: "suppressed",
  environment: "prod",
  ruleId: null,
  handling: null,
  team: "MUTT",
  reason: canary.reason,
  rulesVersion: null,
  cause: "canary",
  causeId: null
}

/** Decides about the canary, whatever the rules say. An event of that host from any other sender is not the canary. */
export const canaryDecision = ({ hostname, sender }: Event): Decision | undefined =>
  sender === canary.sender && hostname === canary.hostname ? decision : undefined
