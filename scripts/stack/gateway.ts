import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Effect } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Socket } from "node:net"

/** What may stand at the platform's address instead of the platform, by how it answers. None of them keeps an alert. */
export const guises = [
  "login_page",
  "login_redirect",
  "not_found",
  "moved",
  "error_page",
  "reset",
  "half_head",
  "half_body",
  "garbage",
  "binary",
  "slow_head",
  "slow_page",
  "unauthorized"
] as const
export type Guise = (typeof guises)[number]

const page =
  "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action=\"/login\"></form></body></html>"

const html = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.text(page, { status, headers: { "content-type": "text/html; charset=utf-8", ...headers } })

const proper: Readonly<Partial<Record<Guise, HttpServerResponse.HttpServerResponse>>> = {
  login_page: html(200),
  login_redirect: html(302, { location: "/login" }),
  not_found: HttpServerResponse.jsonUnsafe({ message: "no Route matched with those values" }, { status: 404 }),
  moved: HttpServerResponse.empty({ status: 307, headers: { location: "http://127.0.0.1:9/elsewhere" } }),
  unauthorized: HttpServerResponse.jsonUnsafe({ message: "Unauthorized" }, { status: 401 }),
  error_page: html(503),
  binary: HttpServerResponse.uint8Array(Uint8Array.of(22, 3, 3, 0, 122, 2, 0, 0, 118), {
    headers: { "content-type": "application/octet-stream" }
  })
}

const head = (more: string) => `HTTP/1.1 200 OK\r\n${more}\r\n\r\n`

const broken: Readonly<Partial<Record<Guise, string>>> = {
  half_head: "HTTP/1.1 200 OK\r\nconte",
  half_body: `${head("content-type: application/json\r\ncontent-length: 500")}{"status":`,
  garbage: "\u0016\u0003\u0001 this is not HTTP\r\n\r\n"
}

/** Some bytes at once, and the rest one by one. */
const slow: Readonly<Partial<Record<Guise, readonly [now: string, later: string]>>> = {
  slow_head: ["", head("content-type: application/json")],
  slow_page: [head("connection: close"), page]
}

const drip = (socket: Socket, text: string): Effect.Effect<never> =>
  Effect.forEach(text, (byte) => Effect.andThen(Effect.sleep("400 millis"), Effect.sync(() => socket.write(byte))))
    .pipe(
      Effect.andThen(Effect.never)
    )

/** What has no proper answer is over when its connection is: that interrupts it. */
export const answerAs = (
  guise: Guise,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.suspend(() => {
    const answer = proper[guise]
    if (answer !== undefined) return Effect.succeed(answer)
    const { socket } = NodeHttpServerRequest.toIncomingMessage(request)
    const text = broken[guise]
    if (text !== undefined) socket.end(text, () => socket.destroy())
    else if (guise === "reset") socket.resetAndDestroy()
    const [now, later] = slow[guise] ?? []
    if (now === undefined || later === undefined) return Effect.never
    if (now !== "") socket.write(now)
    return drip(socket, later)
  })
