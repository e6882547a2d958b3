import { Clock, DateTime, Effect } from "effect"
import type { Invalid } from "../../../src/api/shared/Problems.ts"
import type { TrialEvent } from "../../../src/api/web-ui/Rules.ts"
import { decodeSyslog } from "../../../src/decode/formats/syslog.ts"
import { Refusal } from "../../../src/decode/ReceiveContext.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { parseSeverity } from "../../../src/domain/Severity.ts"
import { normaliseOid } from "../../../src/logic/oids.ts"
import { invalid } from "./ruleCodec.ts"

/** Makes the event to test, from fields or by decoding a line as the ingestor does. */
export const testEvent = (trial: TrialEvent): Effect.Effect<Event, Invalid> =>
  Effect.flatMap(Clock.currentTimeMillis, (at) => {
    const receivedAt = DateTime.formatIso(DateTime.makeUnsafe(at))
    const known = { correlationId: "trial", sender: "trial", receivedAt }
    if (trial.line === undefined) return Effect.succeed({ ...fieldsOf(trial), ...known, timestamp: receivedAt })
    const event = decodeSyslog(trial.line, {
      ...known,
      at,
      source: "syslog",
      peer: trial.hostname,
      newId: () => "trial"
    })
    return event instanceof Refusal
      ? Effect.fail(invalid([{ field: "line", message: `cannot be read. ${event.detail}` }]))
      : Effect.succeed(event)
  })

const fieldsOf = (trial: TrialEvent) => {
  const severity = parseSeverity(trial.syslog_severity ?? trial.severity)
  const trapOid = trial.trap_oid === undefined ? undefined : normaliseOid(trial.trap_oid)
  return {
    id: "trial",
    source: trapOid === undefined ? "http" : "snmp",
    hostname: (trial.hostname ?? "").toLowerCase(),
    message: trial.message,
    ...(trial.tag === undefined ? {} : { tag: tagOf(trial.tag) }),
    ...(severity === undefined ? {} : { severity }),
    ...(trapOid === undefined ? {} : { trapOid })
  } as const
}

/** Adds the colon that a tag has on the wire and people leave out. */
const tagOf = (text: string): string => (/[\w-]$/.test(text) ? `${text}: ` : text)
