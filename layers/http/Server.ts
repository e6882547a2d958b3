// By their own paths: the whole package brings clients and drivers along, 25 MB that no program needs.
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Cause, Clock, Console, Effect, Exit, Layer, Option, type Runtime } from "effect"
import { createServer, IncomingMessage, type Server, ServerResponse } from "node:http"
import { Socket } from "node:net"
import process from "node:process"
import { Duplex } from "node:stream"
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers"
import { type SecureContextOptions, TLSSocket } from "node:tls"
import type { ConfigCheckOptions, ConfigReport } from "../../src/domain/ConfigFinding.ts"
import type { Program } from "../../src/domain/Settings.ts"
import { type ConnectionLimits, Environment, type TlsFiles } from "../environment/Environment.ts"
import { defaultConnectionLimits } from "../environment/httpSettings.ts"
import { tlsFiles } from "../environment/tlsSettings.ts"
import { acceptCorrelationId } from "../telemetry/CorrelationId.ts"
import { readCertificate } from "../tls/certificateFiles.ts"
import { makeClientRefusals } from "../tls/clientRefusals.ts"
import { followCertificate } from "../tls/followCertificate.ts"
import { Drain } from "./Drain.ts"
import { closeReasons, type ConnectionCounts, HttpConnections } from "./HttpConnections.ts"
import { connections, connectionsClosedTotal } from "./metrics.ts"
import { RawHandler } from "./RawHandler.ts"
import { type Refusal, refusalAnswer, refusals, refuseAndDestroy } from "./refusal.ts"
import { makeHostCheck } from "./requestTarget.ts"
import { certificateRefusal, createSecureServer, type HttpTls } from "./secureServer.ts"

interface ServerOptions {
  /** Several processes on one port; the kernel spreads the connections. */
  readonly reusePort?: boolean | undefined
}

/** How long requests under way may take to end once the program stops. */
const graceMs = 15_000

/**
 * The HTTP server of a program, on `Environment.http`. A client that is slow or silent, or sends more than 16 KiB of
 * headers, is cut off (`HttpConnections`).
 */
export const ServerLayer = (options: ServerOptions = {}) =>
  Layer.unwrap(Effect.gen(function*() {
    const { http, ...environment } = yield* Environment
    const counts = yield* countInMetrics
    const raw: RawHandler = { handle: undefined }
    const limits = http.limits ?? defaultConnectionLimits
    const files = tlsFiles(environment.tls)
    const tls = files === undefined ? undefined : yield* openTls(files, limits.headerMs)
    return NodeHttpServer.layer(() => makeServer(graceMs, raw, limits, counts, tls), {
      host: http.host,
      port: http.port,
      reusePort: options.reusePort ?? false,
      gracefulShutdownTimeout: graceMs
    }).pipe(Layer.merge(Layer.succeed(RawHandler, raw)))
  }))

/** Reads the certificate, and follows it for as long as the server lives. */
const openTls = Effect.fnUntraced(function*(files: TlsFiles, handshakeMs: number) {
  const first = yield* readCertificate(files)
  const clock = yield* Clock.Clock
  let use: ((context: SecureContextOptions) => void) | undefined
  yield* followCertificate("http", files, first, ({ context }) => use?.(context))
  const tls: HttpTls = {
    context: first.context,
    clientAuth: files.clientCaFile === undefined ? "none" : files.clientAuth,
    handshakeMs,
    now: () => clock.currentTimeMillisUnsafe(),
    refused: yield* makeClientRefusals("http"),
    onServer: (next) => void (use = next)
  }
  return tls
})

const countInMetrics = Effect.map(Effect.context<never>(), (context): ConnectionCounts => {
  for (const reason of closeReasons) connectionsClosedTotal({ reason }).updateUnsafe(0, context)
  return {
    closed: (reason) => connectionsClosedTotal({ reason }).updateUnsafe(1, context),
    open: (number) => connections.updateUnsafe(number, context)
  }
})

const uncounted: ConnectionCounts = { closed: () => undefined, open: () => undefined }

/** Node's server with the limits of connections; tests start it on a free port. */
export const makeServer = (
  graceMs: number,
  raw?: RawHandler,
  limits: ConnectionLimits = defaultConnectionLimits,
  counts: ConnectionCounts = uncounted,
  tls?: HttpTls
): Server => {
  const held = new HttpConnections(limits, counts)
  const options = {
    maxHeaderSize: 16_384,
    headersTimeout: limits.headerMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: held.tickMs
  }
  const server = tls === undefined ? createServer(options) : createSecureServer(options, tls)
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => held.failed(socket, error.code))
  const ticking = setInterval(() => held.tick(), held.tickMs)
  ticking.unref()
  server.on("close", () => clearInterval(ticking))
  closeWhenStopping(server, held, graceMs)
  answerUntilServed(server)
  interceptEvents(server, held, raw, tls)
  return server
}

/** Sees events of the server before its listeners: it refuses connections and requests, and asks the `RawHandler`. */
const interceptEvents = (server: Server, held: HttpConnections, raw: RawHandler | undefined, tls?: HttpTls): void => {
  const hasOneHost = makeHostCheck()
  const pass: (name: string, ...args: ReadonlyArray<unknown>) => boolean = server.emit.bind(server)
  server.emit = (name: string, ...args: ReadonlyArray<unknown>): boolean => {
    const [first, second] = args
    if (name === "connection" && first instanceof Socket) {
      if (!held.admit(first, tls !== undefined)) return true
    } else if (name === "secureConnection" && first instanceof TLSSocket) {
      held.secured(first)
    } else if (first instanceof IncomingMessage && second instanceof ServerResponse) {
      held.began(first, second)
      if (!hasOneHost(first.rawHeaders)) return refuse(second, refusals.host)
      const refusal = tls === undefined ? undefined : certificateRefusal(tls, first.socket, second)
      if (refusal !== undefined) return refuse(second, refusal)
      if (raw?.handle?.(first, second) === true) return true
    } else if (name === "upgrade" && first instanceof IncomingMessage && second instanceof Duplex) {
      if (!hasOneHost(first.rawHeaders)) {
        refuseAndDestroy(second, refusals.host)
        return true
      }
    }
    return pass(name, ...args)
  }
}

const sentIdOf = ({ req }: ServerResponse): string | undefined => {
  const sent = req.headers["x-correlation-id"]
  return typeof sent === "string" ? sent : undefined
}

const refuse = (response: ServerResponse, refusal: Refusal): true => {
  const { body, headers } = refusalAnswer(refusal, sentIdOf(response))
  response.writeHead(refusal.status, headers)
  response.end(body)
  return true
}

/** Answers requests before the program is ready, and after it has ended: else they would wait for ever. */
const answerUntilServed = (server: Server): void => {
  server.on("request", ({ url }: IncomingMessage, response: ServerResponse) => {
    if (server.listenerCount("request") > 1) return
    if (url !== "/healthz") return void refuse(response, refusals.starting)
    // Alive, whatever it waits for: who restarts it now would never see it start.
    response.writeHead(200, {
      "content-type": "application/json",
      "x-correlation-id": acceptCorrelationId(sentIdOf(response))
    })
    response.end("{\"status\":\"alive\"}")
  })
}

/**
 * Closes all connections when the server stops. Node closes only those that are idle at that moment: a busy one would
 * keep the program until its client goes. So idle ones are closed again and again, and the rest when the time of grace
 * is over.
 */
const closeWhenStopping = (server: Server, held: HttpConnections, graceMs: number): void => {
  const close = server.close.bind(server)
  server.close = (done) => {
    const closing = setInterval(() => {
      server.closeIdleConnections()
      held.closeIdle()
    }, 20)
    const cut = setTimeout(() => server.closeAllConnections(), graceMs + 500)
    return close((error) => {
      clearInterval(closing)
      clearTimeout(cut)
      done?.(error)
    })
  }
}

/**
 * Runs a program until SIGTERM or SIGINT, which close everything in order and exit 0; a second signal exits 1 at once.
 * SIGTERM lets it drain before that; who presses Ctrl-C has no balancer. A program that cannot start logs why and exits 1.
 */
export const runProgram = <A, E>(
  program: Program,
  layer: Layer.Layer<A, E>,
  check?: (options: ConfigCheckOptions) => Effect.Effect<ConfigReport>
): void => {
  const asked = process.argv.slice(2)
  if (check !== undefined && asked.includes("--check-config")) return look(check, asked)
  const signals: Array<NodeJS.Signals> = []
  const onSignal = (signal: NodeJS.Signals) => {
    signals.push(signal)
    if (signals.length > 1) process.exit(1)
  }
  process.on("SIGTERM", onSignal)
  process.on("SIGINT", onSignal)
  const drain: Drain = { wait: Effect.void }
  const running = Effect.onInterrupt(Effect.never, () => signals[0] === "SIGTERM" ? drain.wait : Effect.void)
  Layer.build(layer).pipe(
    Effect.andThen(running),
    Effect.scoped,
    Effect.provideService(Drain, drain),
    Effect.tapCause((cause) => Cause.hasInterruptsOnly(cause) ? Effect.void : reportFatal(program, cause)),
    NodeRuntime.runMain({ teardown, disableErrorReporting: true })
  )
}

const fromFile = "--from-file="

/** With `--check-config` a program looks at its environment, says in one line of JSON what it found, and ends. */
const look = (check: (options: ConfigCheckOptions) => Effect.Effect<ConfigReport>, asked: ReadonlyArray<string>) =>
  check({
    production: asked.includes("--production"),
    connect: asked.includes("--connect"),
    variables: Object.keys(process.env),
    fromFile: asked.find((word) => word.startsWith(fromFile))?.slice(fromFile.length).split(",") ?? []
  }).pipe(
    Effect.flatMap((report) => Console.log(JSON.stringify(report))),
    NodeRuntime.runMain
  )

const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)

/** Writes its own line: logging itself may be what could not start. */
const reportFatal = <E>(program: Program, cause: Cause.Cause<E>): Effect.Effect<void> =>
  Effect.gen(function*() {
    const error = Option.getOrUndefined(Cause.findErrorOption(cause))
    const problems = problemsOf(error)
    const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
    yield* Console.log(JSON.stringify({
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
