import { Clock, Effect, Layer, Metric, Redacted } from "effect"
import type { Alert } from "../../../src/domain/Alert.ts"
import type { CredentialVersion } from "../../../src/domain/Credential.ts"
import { encodeMoogsoft } from "../../../src/encode/moogsoft.ts"
import { Secrets } from "../../secret/Secrets.ts"
import { steadyMillis } from "../../telemetry/steadyTime.ts"
import { type Answer, HttpTransport, type NoAnswer } from "../HttpTransport.ts"
import { requests, requestSeconds } from "../metrics.ts"
import { type DeliveryResult, Receiver } from "../Receiver.ts"
import { retryAfterMs } from "../retryAfter.ts"

export interface MoogOptions {
  readonly url: URL
  /** For one alert, the second request with the other key included. */
  readonly timeoutMs: number
  /** Of MUTT; part of each payload. */
  readonly version: string
}

const keyName = "MOOG_API_KEY"

/** What one request came to. `refused`: this key is not taken. */
type Result = DeliveryResult | { readonly _tag: "refused"; readonly status: number }

/** Characters of an answer that may be told. */
const longestDetail = 200

/**
 * Moogsoft's webhook. The key is asked of `Secrets` for each request; one that is refused gives way to the other, and the
 * one that worked stays preferred.
 */
export const ReceiverMoogsoft = (options: MoogOptions) =>
  Layer.effect(
    Receiver,
    Effect.gen(function*() {
      const secrets = yield* Secrets
      const sender = yield* HttpTransport
      const endpoint = `${options.url.origin}${options.url.pathname}`
      const headers = {
        accept: "application/json",
        "content-type": "application/json",
        "user-agent": `mutt/${options.version}`
      }

      const post = Effect.fnUntraced(function*(body: string, key: Redacted.Redacted, timeoutMs: number) {
        const tell = teller(endpoint, key)
        const sent = yield* steadyMillis
        const authorization = `Bearer ${Redacted.value(key)}`
        const result = yield* sender.post({ body, headers: { ...headers, authorization }, timeoutMs }).pipe(
          Effect.matchEffect({
            onSuccess: (answer) => answered(answer, sent, tell),
            onFailure: ({ detail, reason }: NoAnswer) =>
              Effect.succeed<Result>(
                reason === "timeout"
                  ? retry("timeout", `no answer within ${options.timeoutMs} ms`)
                  : retry("connection", tell(detail))
              )
          })
        )
        yield* Metric.update(requests[labelOf(result)], 1)
        return result
      })

      const deliver = Effect.fnUntraced(function*(alert: Alert) {
        const body = JSON.stringify(encodeMoogsoft(alert, options.version))
        const candidates = yield* secrets.candidates(keyName).pipe(
          Effect.catchTag("SecretMissing", () => Effect.succeed<ReadonlyArray<CredentialVersion>>([]))
        )
        const deadline = (yield* steadyMillis) + options.timeoutMs
        const refusals: Array<string> = []
        for (const candidate of candidates) {
          const left = deadline - (yield* steadyMillis)
          const result = yield* post(body, candidate.value, Math.max(left, 1))
          if (result._tag !== "refused") {
            if (result._tag === "delivered" && refusals.length > 0) yield* secrets.worked(keyName, candidate)
            return result
          }
          refusals.push(`${candidate.slot} ${candidate.fingerprint} (HTTP ${result.status})`)
          yield* secrets.refused(keyName, candidate)
        }
        return retry("refused_key", refusals.length === 0 ? `${keyName} is not set` : `refused: ${refusals.join(", ")}`)
      })

      return Receiver.of({ name: "moogsoft", deliver })
    })
  )

const retry = (
  reason: "rate_limit" | "http" | "timeout" | "connection" | "refused_key" | "gateway",
  detail: string,
  retryAfterMs?: number
): DeliveryResult => ({ _tag: "retry", reason, detail, retryAfterMs })

const answered = Effect.fnUntraced(function*(answer: Answer, sent: number, tell: (text: string) => string) {
  const now = yield* Clock.currentTimeMillis
  yield* Metric.update(requestSeconds, ((yield* steadyMillis) - sent) / 1_000)
  return classify(answer, now, tell)
})

/** What says that this alert, and not another, will never be taken as it is. */
const aboutThisAlert: ReadonlySet<number> = new Set([400, 409, 413, 422])

const classify = (answer: Answer, now: number, tell: (text: string) => string): Result => {
  const { end, retryAfter, start, status } = answer
  const detail = start === "" ? `HTTP ${status}` : `HTTP ${status}: ${tell(start)}`
  // Half an answer says nothing for certain: an alert that was taken twice is known by its id, one that was not taken is lost.
  if (end === "cut" && status < 500) return retry("connection", `${detail} (cut off)`)
  if (isForeign(answer) && status < 500) return retry("gateway", detail, retryAfterMs(retryAfter, now))
  if (status >= 200 && status < 300) return { _tag: "delivered", status }
  if (status === 401 || status === 403) return { _tag: "refused", status }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return retry(status === 429 ? "rate_limit" : "http", detail, retryAfterMs(retryAfter, now))
  }
  if (aboutThisAlert.has(status)) return { _tag: "rejected", reason: "http", detail }
  return retry("gateway", detail, retryAfterMs(retryAfter, now))
}

/**
 * A page for people, what calls itself JSON and is none, what is no text, or what says nothing within a second and goes on: no program that
 * takes alerts says that, whatever the status.
 */
const isForeign = ({ contentType = "", end, start }: Answer): boolean => {
  const text = start.trimStart()
  if (end === "open" && (text === "" || text.startsWith("<"))) return true
  if (/^(?:text\/html|application\/xhtml)/i.test(contentType) || /^<(?:!doctype|html|head|body|script)\b/i.test(text)) {
    return true
  }
  if (noText.test(text)) return true
  return /[/+]json\b/i.test(contentType) && text !== "" && !/^[[{"\d\-tfn]/.test(text)
}

/** Control characters. Accents in another encoding are text. */
const noText = /[^\P{Cc}\s]/u

/** Makes foreign text fit to be told: one line, short, without the key and without what a URL may carry. */
const teller = (endpoint: string, key: Redacted.Redacted) => (text: string): string =>
  text
    .replaceAll(Redacted.value(key), "<redacted>")
    .replaceAll(/https?:\/\/[^\s)"']+/g, endpoint)
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, longestDetail)

const labelOf = (result: Result): keyof typeof requests =>
  result._tag === "delivered" ? "success" : result._tag === "refused" ? "refused_key" : result.reason
