import { Effect } from "effect"
import { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { unavailable } from "../http/unavailable.ts"

/** The record does not answer. Nothing of a request to read it can be at fault. */
export const recordAnswered = <A, E, R>(effect: Effect.Effect<A, E | EventAuditFailed, R>) =>
  Effect.catchIf(
    effect,
    (error): error is EventAuditFailed => error instanceof EventAuditFailed,
    ({ _tag, detail }) => unavailable("events")({ _tag, detail })
  )
