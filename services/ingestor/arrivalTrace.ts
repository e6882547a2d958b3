import { Effect, Exit } from "effect"
import type { RawRequest } from "../../layers/http/rawPipeline.ts"
import type { AppendResult } from "../../layers/queue/EventQueue.ts"
import type { Span } from "../../layers/telemetry/Span.ts"
import { extract, Tracing } from "../../layers/telemetry/Tracing.ts"
import { formatTraceparent } from "../../src/logic/traceparent.ts"
import { peerAddress } from "./decoding.ts"

/** The spans of an arrival whose trace is told: `ingest`, and beneath it `queue append`, for which its events go on. */
export interface ArrivalTrace {
  readonly ingest: Span
  /** What its events carry: the place of `queue append`. */
  readonly traceparent: string
  /** Begins `queue append`. Twice is once: who must send again still waits for the queue. */
  readonly submitted: (records: number) => void
  /** Ends it. */
  readonly appended: (exit: Exit.Exit<AppendResult, unknown>) => void
}

/**
 * Decides here, and nowhere else, which traces are told: of requests whose sender was let in, and of each syslog
 * message. One that is not told makes no object. Plain functions, for the hot path.
 */
export const makeArrivalTraces = Effect.map(Tracing, ({ enabled, reserve, samples, start }) => {
  const begin = (ingest: Span): ArrivalTrace => {
    const place = reserve(ingest)
    let append: Span | undefined
    return {
      ingest,
      traceparent: formatTraceparent(place),
      submitted: (records) => {
        append ??= start("queue append", {
          kind: "producer",
          parent: ingest,
          as: place,
          attributes: {
            "messaging.system": "redis",
            "messaging.operation.name": "append",
            "messaging.operation.type": "send",
            "messaging.destination.name": "events",
            "messaging.batch.message_count": records
          }
        })
      },
      appended: (exit) => append?.end(failureOf(exit))
    }
  }

  /** The `traceparent` of a request counts; that of one whose sender is unknown is never looked at. */
  const ofRequest = (request: RawRequest, sender: string): ArrivalTrace | undefined => {
    if (!enabled) return undefined
    const { correlationId, headers, message, path, route } = request
    const parent = extract(headers)
    if (!samples(parent)) return undefined
    const address = peerAddress(message.socket.remoteAddress)
    return begin(start("ingest", {
      kind: "server",
      parent,
      attributes: {
        "http.request.method": message.method ?? "",
        "http.route": route,
        "url.path": path,
        "url.scheme": "encrypted" in message.socket ? "https" : "http",
        "network.protocol.version": message.httpVersion,
        ...(address === undefined ? {} : { "client.address": address }),
        "mutt.sender": sender,
        "mutt.correlation_id": correlationId
      }
    }))
  }

  const ofMessage = (transport: "udp" | "tcp", peer: string | undefined): ArrivalTrace | undefined =>
    samples(undefined)
      ? begin(start("ingest", {
        kind: "server",
        attributes: {
          "network.transport": transport,
          "network.protocol.name": "syslog",
          ...(peer === undefined ? {} : { "client.address": peer })
        }
      }))
      : undefined

  return { ofRequest, ofMessage }
})

/** Ends the spans of a message that is stored. */
export const endStored = ({ appended, ingest }: ArrivalTrace, exit: Exit.Exit<AppendResult, unknown>): void => {
  appended(exit)
  ingest.end()
}

const failureOf = (exit: Exit.Exit<AppendResult, unknown>): string | undefined => {
  if (Exit.isFailure(exit)) return "QueueUnavailable"
  return exit.value._tag === "accepted" ? undefined : exit.value._tag
}
