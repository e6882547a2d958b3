import type { Duplex } from "node:stream"
import { clearTimeout, setTimeout } from "node:timers"
import { randomUuid } from "../random/secureRandom.ts"

export interface Refusal {
  readonly status: number
  readonly title: string
  readonly _tag: string
  readonly detail?: string
  readonly retryAfter?: number
}

/** How long a client may take to take in why it is refused. */
const patienceMs = 1_000

export const refusals = {
  late: { status: 408, title: "Request Timeout", _tag: "RequestTimeout" },
  wide: { status: 431, title: "Request Header Fields Too Large", _tag: "HeadersTooLarge" },
  unreadable: { status: 400, title: "Bad Request", _tag: "Unreadable" },
  host: {
    status: 400,
    title: "Bad Request",
    _tag: "Unreadable",
    detail: "A request has one Host header, with a name or an address and a port."
  },
  starting: {
    status: 503,
    title: "Service Unavailable",
    _tag: "Unavailable",
    detail: "The program is starting or ending.",
    retryAfter: 1
  },
  peer: {
    status: 503,
    title: "Service Unavailable",
    _tag: "TooManyConnections",
    detail: "Your address has as many connections to this server as it may have.",
    retryAfter: 5
  },
  full: {
    status: 503,
    title: "Service Unavailable",
    _tag: "TooManyConnections",
    detail: "This server has as many connections as it may have.",
    retryAfter: 5
  }
} as const satisfies Readonly<Record<string, Refusal>>

export const refusalHeaders = ({ retryAfter }: Refusal): Readonly<Record<string, string>> => ({
  "content-type": "application/problem+json",
  ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
  connection: "close"
})

export const refusalBody = ({ _tag, detail, status, title }: Refusal): string =>
  JSON.stringify({
    type: "about:blank",
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    _tag,
    correlation_id: randomUuid()
  })

/**
 * Answers on a connection that has no request to answer, and destroys it. To end it would close our half alone: a client that keeps its own
 * open would stay for ever.
 */
export const refuseAndDestroy = (socket: Duplex, refusal: Refusal): void => {
  if (!socket.writable) return void socket.destroy()
  const late = setTimeout(() => socket.destroy(), patienceMs)
  socket.on("close", () => clearTimeout(late))
  socket.on("error", () => socket.destroy())
  const body = refusalBody(refusal)
  const headers = Object.entries({ ...refusalHeaders(refusal), "content-length": String(body.length) })
  const head = [
    `HTTP/1.1 ${refusal.status} ${refusal.title}`,
    ...headers.map(([name, value]) => `${name}: ${value}`)
  ].join("\r\n")
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy())
}
