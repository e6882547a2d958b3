import type { Duplex } from "node:stream"
import { clearTimeout, setTimeout } from "node:timers"
import type { ChangeOutcome } from "../../src/domain/Change.ts"
import { acceptCorrelationId } from "../telemetry/CorrelationId.ts"
import { problemMembers, problemType, titleOf } from "./problem.ts"

/** An answer that no route gives: to what is no request, or comes when none can be taken. */
export interface Refusal {
  readonly status: number
  readonly _tag: string
  readonly detail: string
  readonly retryAfter?: number
  readonly outcome?: ChangeOutcome
}

/** How long a client may take to read why it is refused. */
const patienceMs = 1_000

export const refusals = {
  late: {
    status: 408,
    _tag: "RequestTimeout",
    detail: "The request did not come in the time that this server waits for one."
  },
  wide: {
    status: 431,
    _tag: "HeadersTooLarge",
    detail: "The headers of a request may have 16 KiB."
  },
  unreadable: { status: 400, _tag: "Unreadable", detail: "This is no HTTP request." },
  host: {
    status: 400,
    _tag: "Unreadable",
    detail: "A request has one Host header, with a name or an address and a port."
  },
  starting: {
    status: 503,
    _tag: "Unavailable",
    detail: "The program is starting or ending. Nothing was changed; try again.",
    retryAfter: 1,
    outcome: "unchanged"
  },
  peer: {
    status: 503,
    _tag: "TooManyConnections",
    detail: "Your address has as many connections to this server as it may have.",
    retryAfter: 5,
    outcome: "unchanged"
  },
  full: {
    status: 503,
    _tag: "TooManyConnections",
    detail: "This server has as many connections as it may have.",
    retryAfter: 5,
    outcome: "unchanged"
  }
} as const satisfies Readonly<Record<string, Refusal>>

/** Headers and body of the answer, with the request's correlation id when it has a good one. */
export const refusalAnswer = (
  { outcome, retryAfter, ...problem }: Refusal,
  sentId?: string
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } => {
  const id = acceptCorrelationId(sentId)
  return {
    headers: {
      "content-type": problemType,
      "x-correlation-id": id,
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
      connection: "close"
    },
    body: JSON.stringify({
      ...problemMembers({ ...problem, extra: outcome === undefined ? {} : { outcome } }),
      correlation_id: id
    })
  }
}

/**
 * Answers on a connection without a request, and destroys it. To end it would close our half alone, and a client that
 * keeps its own half open would stay for ever.
 */
export const refuseAndDestroy = (socket: Duplex, refusal: Refusal): void => {
  if (!socket.writable) return void socket.destroy()
  const late = setTimeout(() => socket.destroy(), patienceMs)
  socket.on("close", () => clearTimeout(late))
  socket.on("error", () => socket.destroy())
  const { body, headers } = refusalAnswer(refusal)
  const head = [
    `HTTP/1.1 ${refusal.status} ${titleOf(refusal.status)}`,
    ...Object.entries({ ...headers, "content-length": String(body.length) }).map(([name, value]) => `${name}: ${value}`)
  ].join("\r\n")
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy())
}
