import { Clock, Effect, Metric, Redacted } from "effect"
import { offerExemplar } from "../../telemetry/exemplars.ts"
import { steadyMillis } from "../../telemetry/steadyTime.ts"
import { CurrentSpan, inject } from "../../telemetry/Tracing.ts"
import { HttpTransport } from "../HttpTransport.ts"
import type { ReceiverOptions } from "../Receiver.ts"
import { classify, type RequestResult, retry } from "./classify.ts"
import { requests, requestSeconds } from "./metrics.ts"

/** Characters of an answer that the log and dead letters keep. */
const longestDetail = 200

/** Makes the function that posts one body with one key, and classifies the answer. */
export const makeRequest = (options: ReceiverOptions) =>
  Effect.map(HttpTransport, (transport) => {
    const endpoint = `${options.url.origin}${options.url.pathname}`
    const headers = {
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": `mutt/${options.version}`
    }
    // Neither path nor query: sites put tokens there.
    const about = {
      "http.request.method": "POST",
      "url.scheme": options.url.protocol.slice(0, -1),
      "server.address": options.url.hostname,
      "server.port": Number(options.url.port || (options.url.protocol === "https:" ? 443 : 80))
    }

    return Effect.fnUntraced(function*(body: string, key: Redacted.Redacted, timeoutMs: number) {
      const redact = redactor(endpoint, key)
      const sent = yield* steadyMillis
      const authorization = `Bearer ${Redacted.value(key)}`
      const span = yield* CurrentSpan
      span?.annotate?.(about)
      const sentHeaders = span === undefined
        ? { ...headers, authorization }
        : { ...headers, ...inject(span), authorization }
      const result = yield* transport.post({ body, headers: sentHeaders, timeoutMs }).pipe(
        Effect.matchEffect({
          onSuccess: Effect.fnUntraced(function*(answer): Effect.fn.Return<RequestResult> {
            const now = yield* Clock.currentTimeMillis
            const seconds = ((yield* steadyMillis) - sent) / 1_000
            yield* Metric.update(requestSeconds, seconds)
            if (span !== undefined) offerExemplar(requestSeconds, seconds, span.traceId, now)
            span?.annotate?.({ "http.response.status_code": answer.status })
            return classify(answer, now, redact)
          }),
          onFailure: ({ detail, reason }) =>
            Effect.succeed<RequestResult>(
              reason === "timeout"
                ? retry("timeout", `no answer within ${options.timeoutMs} ms`)
                : retry("connection", redact(detail))
            )
        })
      )
      yield* Metric.update(requests[labelOf(result)], 1)
      return result
    })
  })

const labelOf = (result: RequestResult): keyof typeof requests =>
  result._tag === "delivered" ? "success" : result._tag === "refused" ? "refused_key" : result.reason

/** Makes foreign text fit for the log: one line, short, without the key and without what a URL may carry. */
const redactor = (endpoint: string, key: Redacted.Redacted) => (text: string): string =>
  text
    .replaceAll(Redacted.value(key), "<redacted>")
    .replaceAll(/https?:\/\/[^\s)"']+/g, endpoint)
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, longestDetail)
