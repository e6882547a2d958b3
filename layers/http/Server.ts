// By their own paths: the whole package brings clients and drivers along, 25 MB that no program needs.
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Cause, Console, Context, Effect, Exit, Layer, Option, type Runtime } from "effect"
import { createServer, IncomingMessage, type Server, ServerResponse } from "node:http"
import process from "node:process"
import type { Duplex } from "node:stream"
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers"
import type { Program } from "../../src/domain/Settings.ts"
import { StaticConfig } from "../config/StaticConfig.ts"

export interface ServerOptions {
  /** Several processes on one port; the kernel spreads the connections. */
  readonly reusePort?: boolean | undefined
  /** How long requests under way may take to end once the program stops. */
  readonly gracefulShutdownMs?: number | undefined
}

/**
 * Where a program hangs a handler that sees each request first, on Node's own objects, and says whether it answers it. A request that
 * needs no more than a few microseconds of work costs several times that on the way through fibers and routes.
 */
export interface DirectDoor {
  handler: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
}

/** Without a server that has one, nobody knocks at the door. */
export const DirectDoor = Context.Reference<DirectDoor>("mutt/layers/http/Server/DirectDoor", {
  defaultValue: () => ({ handler: undefined })
})

/**
 * The HTTP server of a program, on `StaticConfig.http`. Slow and oversized requests are cut off before they cost anything:
 * 16 KiB of headers within 10 s, the whole request within 60 s.
 */
export const ServerLayer = (options: ServerOptions = {}) =>
  Layer.unwrap(Effect.map(StaticConfig, ({ http }) => {
    const graceMs = options.gracefulShutdownMs ?? 15_000
    const door: DirectDoor = { handler: undefined }
    return NodeHttpServer.layer(() => makeServer(graceMs, door), {
      host: http.host,
      port: http.port,
      reusePort: options.reusePort ?? false,
      gracefulShutdownTimeout: graceMs
    }).pipe(Layer.merge(Layer.succeed(DirectDoor, door)))
  }))

/** The bare server with its limits; tests stand it on a free port. */
export const makeServer = (graceMs: number, door?: DirectDoor): Server => {
  const server = createServer({
    maxHeaderSize: 16_384,
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    // Longer than the idle time of common load balancers, so that they close first and no request is lost between the two.
    keepAliveTimeout: 75_000,
    connectionsCheckingInterval: 2_000
  })
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => refuse(error, socket))
  closeWhenStopping(server, graceMs)
  answerUntilServed(server)
  if (door !== undefined) knockFirst(server, door)
  return server
}

const knockFirst = (server: Server, door: DirectDoor): void => {
  const pass: (name: string, ...args: ReadonlyArray<unknown>) => boolean = server.emit.bind(server)
  server.emit = (name: string, ...args: ReadonlyArray<unknown>): boolean => {
    if (name === "request" && door.handler !== undefined) {
      const [request, response] = args
      if (request instanceof IncomingMessage && response instanceof ServerResponse && door.handler(request, response)) {
        return true
      }
    }
    return pass(name, ...args)
  }
}

/**
 * The port is open before the program is whole, and for a moment after it has ended. Without somebody to answer it, a request
 * that comes then would wait for ever.
 */
const answerUntilServed = (server: Server): void => {
  server.on("request", (_, response: ServerResponse) => {
    if (server.listenerCount("request") > 1) return
    response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "1", connection: "close" })
    response.end(JSON.stringify({
      type: "about:blank",
      title: "Service Unavailable",
      status: 503,
      detail: "The program is starting or ending.",
      _tag: "Unavailable",
      correlation_id: crypto.randomUUID()
    }))
  })
}

/**
 * Node closes only those connections that are idle at the moment it stops listening. One that was busy then would be kept until
 * its client lets go, and the program with it; so the idle ones are looked for until none is left, and those that send a request
 * without end are cut off when the time of grace is over.
 */
const closeWhenStopping = (server: Server, graceMs: number): void => {
  const close = server.close.bind(server)
  server.close = (done) => {
    const looking = setInterval(() => server.closeIdleConnections(), 20)
    const cut = setTimeout(() => server.closeAllConnections(), graceMs + 500)
    return close((error) => {
      clearInterval(looking)
      clearTimeout(cut)
      done?.(error)
    })
  }
}

/** What cannot even be read as a request still gets an answer that programs understand. */
const refuse = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, title, tag] = refusals[error.code ?? ""] ?? [400, "Bad Request", "Unreadable"]
  const body = JSON.stringify({
    type: "about:blank",
    title,
    status,
    _tag: tag,
    correlation_id: crypto.randomUUID()
  })
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${body.length}\r\n` +
      `Connection: close\r\n\r\n${body}`
  )
}

const refusals: Readonly<Record<string, readonly [number, string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "RequestTimeout"],
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "HeadersTooLarge"]
}

/**
 * Runs a program until it is told to stop: SIGTERM or SIGINT close everything in order (requests under way end, what was
 * claimed is settled) and exit 0; a second signal exits 1 at once. A program that cannot start says why, line by line, and exits 1.
 */
export const runProgram = <A, E>(program: Program, layer: Layer.Layer<A, E>): void => {
  let signals = 0
  const force = () => {
    signals += 1
    if (signals > 1) process.exit(1)
  }
  process.on("SIGTERM", force)
  process.on("SIGINT", force)
  Layer.launch(layer).pipe(
    Effect.tapCause((cause) => Cause.hasInterruptsOnly(cause) ? Effect.void : reportFatal(program, cause)),
    NodeRuntime.runMain({ teardown, disableErrorReporting: true })
  )
}

const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)

/** Logging itself may be what could not start, so this writes its own line. */
const reportFatal = <E>(program: Program, cause: Cause.Cause<E>): Effect.Effect<void> =>
  Effect.gen(function*() {
    const error = Option.getOrUndefined(Cause.findErrorOption(cause))
    const problems = problemsOf(error)
    const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
    yield* Console.error(JSON.stringify({
      timestamp: new Date(now).toISOString(),
      level: "FATAL",
      message: "The program cannot run.",
      service: `mutt-${program}`,
      ...(problems === undefined ? { cause: Cause.pretty(cause).slice(0, 8_192) } : { problems })
    }))
  })

const problemsOf = (error: unknown): ReadonlyArray<string> | undefined => {
  if (typeof error !== "object" || error === null || !("problems" in error) || !Array.isArray(error.problems)) {
    return undefined
  }
  return error.problems.map(String)
}
