import { Clock, Duration, Effect, Layer, Metric, Redacted, Stream } from "effect"
import { HttpClient, type HttpClientError, HttpClientRequest, type HttpClientResponse } from "effect/http"
import type { Alert } from "../../src/domain/Alert.ts"
import type { Candidate } from "../../src/domain/Credential.ts"
import { encodeMoogsoft } from "../../src/encode/moogsoft.ts"
import { Secrets } from "../secret/Secrets.ts"
import { requestSeconds, requestsTotal } from "./metrics.ts"
import { type DeliveryResult, Platform } from "./Platform.ts"
import { retryAfterMs } from "./retryAfter.ts"

export interface MoogOptions {
  readonly url: URL
  /** For one alert, the second request with the other key included. */
  readonly timeoutMs: number
  /** Of MUTT; part of each payload. */
  readonly version: string
}

const keyName = "MOOG_API_KEY"

/** What one request came to. `refused`: this key is not taken. */
type Answer = DeliveryResult | { readonly _tag: "refused"; readonly status: number }

const limits = {
  /** Bytes of an answer that are read; a platform that says more is cut off. */
  body: 4_096,
  /** Characters of it that may be told. */
  detail: 200,
  /** How long the rest of an answer is waited for once its status is known. */
  bodyMs: 1_000
} as const

/**
 * Moogsoft's webhook. The key is asked of `Secrets` for each request; one that is refused gives way to the other, and the
 * one that worked stays preferred. The HTTP client must not follow redirects.
 */
export const PlatformMoog = (options: MoogOptions) =>
  Layer.effect(
    Platform,
    Effect.gen(function*() {
      const secrets = yield* Secrets
      const client = yield* HttpClient.HttpClient
      const endpoint = `${options.url.origin}${options.url.pathname}`
      const template = HttpClientRequest.post(options.url).pipe(
        HttpClientRequest.setHeaders({ accept: "application/json", "user-agent": `mutt/${options.version}` })
      )

      const post = Effect.fnUntraced(function*(body: string, key: Redacted.Redacted, timeoutMs: number) {
        const tell = teller(endpoint, key)
        const request = template.pipe(
          HttpClientRequest.bodyText(body, "application/json"),
          HttpClientRequest.setHeader("authorization", `Bearer ${Redacted.value(key)}`)
        )
        const sent = yield* Clock.currentTimeMillis
        const answer: Answer = yield* client.execute(request).pipe(
          Effect.mapError((error) => retry("connection", tell(transportDetail(error)))),
          Effect.timeoutOrElse({
            duration: timeoutMs,
            orElse: () => Effect.fail(retry("timeout", `no answer within ${options.timeoutMs} ms`))
          }),
          Effect.flatMap((response) => judge(response, sent, tell)),
          Effect.catch((failed) => Effect.succeed(failed))
        )
        yield* Metric.update(Metric.withAttributes(requestsTotal, labels(answer)), 1)
        return answer
      })

      const deliver = Effect.fn("Platform.deliver")(function*(alert: Alert) {
        const body = JSON.stringify(encodeMoogsoft(alert, options.version))
        const candidates = yield* secrets.candidates(keyName).pipe(
          Effect.catchTag("SecretMissing", () => Effect.succeed<ReadonlyArray<Candidate>>([]))
        )
        const deadline = (yield* Clock.currentTimeMillis) + options.timeoutMs
        const refusals: Array<string> = []
        for (const candidate of candidates) {
          const left = deadline - (yield* Clock.currentTimeMillis)
          const answer = yield* post(body, candidate.value, Math.max(left, 1))
          if (answer._tag !== "refused") {
            if (answer._tag === "delivered" && refusals.length > 0) yield* secrets.worked(keyName, candidate)
            return answer
          }
          refusals.push(`${candidate.slot} ${candidate.fingerprint} (HTTP ${answer.status})`)
          yield* secrets.refused(keyName, candidate)
        }
        return retry("refused_key", refusals.length === 0 ? `${keyName} is not set` : `refused: ${refusals.join(", ")}`)
      }, withoutClientSpans)

      return Platform.of({ name: "moogsoft", deliver })
    })
  )

/** The client's own spans name the whole URL, and a URL may carry more than an address. */
const withoutClientSpans = Effect.provideService(HttpClient.TracerDisabledWhen, () => true)

const retry = (
  reason: "rate_limit" | "http" | "timeout" | "connection" | "refused_key",
  detail: string,
  retryAfterMs?: number
): DeliveryResult => ({ _tag: "retry", reason, detail, retryAfterMs })

const judge = Effect.fnUntraced(function*(
  response: HttpClientResponse.HttpClientResponse,
  sent: number,
  tell: (text: string) => string
) {
  const now = yield* Clock.currentTimeMillis
  yield* Metric.update(requestSeconds, Duration.toSeconds(now - sent))
  const { status } = response
  const said = yield* bodyStart(response)
  if (status >= 200 && status < 300) return { _tag: "delivered", status } satisfies Answer
  if (status === 401 || status === 403) return { _tag: "refused", status } satisfies Answer
  const detail = said === "" ? `HTTP ${status}` : `HTTP ${status}: ${tell(said)}`
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return retry(status === 429 ? "rate_limit" : "http", detail, retryAfterMs(response.headers["retry-after"], now))
  }
  return { _tag: "rejected", reason: "http", detail } satisfies Answer
})

/** The start of the answer. Reading it to the end lets the connection be used again; what goes wrong here changes no verdict. */
const bodyStart = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> =>
  Effect.suspend(() => {
    const decoder = new TextDecoder()
    let text = ""
    let bytes = 0
    return response.stream.pipe(
      Stream.runForEachWhile((chunk) =>
        Effect.sync(() => {
          text += decoder.decode(chunk.subarray(0, limits.body - bytes), { stream: true })
          bytes += chunk.length
          return bytes < limits.body
        })
      ),
      Effect.timeoutOption(limits.bodyMs),
      Effect.ignore,
      Effect.map(() => text)
    )
  })

/** Makes foreign text fit to be told: one line, short, without the key and without what a URL may carry. */
const teller = (endpoint: string, key: Redacted.Redacted) => (text: string): string =>
  text
    .replaceAll(Redacted.value(key), "<redacted>")
    .replaceAll(/https?:\/\/[^\s)"']+/g, endpoint)
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, limits.detail)

const transportDetail = (error: HttpClientError.HttpClientError): string => {
  const cause = error.cause
  const deepest = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  if (!(deepest instanceof Error)) return error.reason._tag
  return "code" in deepest && typeof deepest.code === "string" ? deepest.code : deepest.message
}

const labels = (answer: Answer): Record<string, string> => {
  if (answer._tag === "delivered") return { status: "success", reason: "" }
  return { status: "fail", reason: answer._tag === "refused" ? "refused_key" : answer.reason }
}
