import { Clock, DateTime, Effect, Redacted, Schedule, Schema } from "effect"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { HttpTransport } from "../../../layers/delivery/HttpTransport.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { randomUuid } from "../../../layers/random/secureRandom.ts"
import { withCredentialFallback } from "../../../layers/secret/credentialFallback.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { canary } from "../../../src/domain/Canary.ts"

/** The canary did not get through. `post`: the ingestor did not take it. `record`: it is not in the record in time. */
export class CanaryFailed extends Schema.TaggedError<CanaryFailed>()("CanaryFailed", {
  reason: Schema.Literals(["post", "record"]),
  detail: Schema.String
}) {}

class NotAccepted extends Schema.TaggedError<NotAccepted>()("NotAccepted", { status: Schema.Int }) {
  override get message() {
    return `HTTP ${this.status}`
  }
}

const answerMs = 10_000
/** After 50 ms, then ever less often, at least each second. */
const looks = Schedule.min([Schedule.exponential("50 millis", 1.5), Schedule.spaced("1 second")])
/** The ingestor's clock may be so far behind ours. The search reads no older rows of this host. */
const clocksApartMs = 3_600_000

/** Makes the function that sends one canary and returns when it is in the record, which is looked at for so long. */
export const makeCanary = Effect.fnUntraced(function*(timeoutMs: number) {
  const { instance, version } = yield* Environment
  const secrets = yield* Secrets
  const transport = yield* HttpTransport
  const audit = yield* EventAudit
  const body = JSON.stringify({ hostname: canary.hostname, message: `canary of ${instance}`, severity: "info" })

  const send = (correlationId: string) =>
    withCredentialFallback(
      secrets,
      canary.keyName,
      ({ value }) =>
        transport.post({
          body,
          timeoutMs: answerMs,
          headers: {
            "content-type": "application/json",
            "user-agent": `mutt/${version}`,
            "x-correlation-id": correlationId,
            authorization: `Bearer ${Redacted.value(value)}`
          }
        }).pipe(
          Effect.flatMap(({ status }) =>
            status >= 200 && status < 300 ? Effect.void : Effect.fail(new NotAccepted({ status }))
          )
        ),
      (error) => error._tag === "NotAccepted" && (error.status === 401 || error.status === 403),
      "fail"
    ).pipe(Effect.mapError((error) =>
      new CanaryFailed({ reason: "post", detail: error._tag === "NoAnswer" ? error.detail : error.message })
    ))

  const find = Effect.fnUntraced(function*(correlationId: string, from: string) {
    let seen = "no search was answered"
    const look = audit.search({ hostname: canary.hostname, correlationId, from, limit: 1 }).pipe(
      Effect.map(({ rows: [row] }) => {
        // An alerter of an earlier release decides by the rules.
        seen = row === undefined ? "it is not there" : `it was decided as any other event: ${row.reason}`
        return row?.reason === canary.reason
      }),
      Effect.catchTag("EventAuditFailed", ({ detail }) => {
        seen = `the record cannot be read: ${detail}`
        return Effect.succeed(false)
      })
    )
    yield* look.pipe(
      Effect.repeat({ until: (there) => there, schedule: looks }),
      Effect.timeoutOrElse({
        duration: timeoutMs,
        orElse: () => Effect.fail(new CanaryFailed({ reason: "record", detail: seen }))
      })
    )
  })

  return Effect.fn("Canary.fly")(function*() {
    const correlationId = `canary-${randomUuid()}`
    const from = DateTime.formatIso(DateTime.makeUnsafe((yield* Clock.currentTimeMillis) - clocksApartMs))
    yield* send(correlationId)
    yield* find(correlationId, from)
  })
})
