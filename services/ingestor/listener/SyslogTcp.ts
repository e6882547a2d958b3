import { Duration, Effect, Exit, FiberSet, Layer } from "effect"
import { createServer, type Server, type Socket } from "node:net"
import type { Receipt } from "../../../layers/queue/EventQueue.ts"
import { emptyDecoded } from "../../../src/decode/Arrival.ts"
import { Budget } from "../../../src/decode/Budget.ts"
import { decodeFrame } from "../../../src/decode/decode.ts"
import { type Frame, FrameReader } from "../../../src/decode/framing/FrameReader.ts"
import { makeArrivals } from "../Arrivals.ts"
import { DecodeReporter } from "../DecodeReporter.ts"
import { makeFailureReport } from "../decoderFailures.ts"
import { DecodeTurns } from "../DecodeTurns.ts"
import { Intake } from "../Intake.ts"
import * as metrics from "../metrics.ts"
import { countStored, pack, type Packed } from "../parcel.ts"
import { peerAddress } from "./peer.ts"
import { SyslogUnavailable } from "./SyslogUnavailable.ts"
import { nodeTextReader } from "./utf8.ts"

export interface SyslogTcpOptions {
  readonly host: string
  readonly port: number
  readonly reusePort: boolean
  readonly maxConnections: number
  readonly maxFrame: number
  readonly idleSeconds: number
  readonly fallbackCharset?: string
}

const sender = "syslog/tcp"
const retryMs = 250
/** How long peers may take, once the program stops, to see that the connection ends and to send what they had begun. */
const goodbyeMs = 1_000
const drainMs = 5_000

/**
 * Listens for syslog over TCP. A connection is not read while its messages are not stored, so a full queue or a Redis that is down
 * makes senders wait and nothing is dropped. Gives the port.
 */
export const listenTcp = (options: SyslogTcpOptions) =>
  Effect.gen(function*() {
    const intake = yield* Intake
    const reporter = yield* DecodeReporter
    const arrivals = yield* makeArrivals
    const count = yield* metrics.counting
    const reportFailures = yield* makeFailureReport
    const turn = yield* DecodeTurns
    const stores = yield* FiberSet.make<void>()
    const run = yield* FiberSet.runtime(stores)()
    const read = nodeTextReader(options.fallbackCharset)
    const open = new Set<Socket>()
    /** Stores under way for connections that are gone: they hold memory like an open one. */
    let orphans = 0

    function* decode(frames: ReadonlyArray<Frame>, peer: string | undefined): Generator<void, Packed> {
      const decoded = emptyDecoded(new Budget(frames.reduce((sum, { text }) => sum + text.length, 0), Infinity))
      for (const frame of frames) {
        if (frame.cut) count(metrics.framesCut, 1)
        decodeFrame(frame, arrivals({ sender, source: "syslog", peer }), decoded)
        if (decoded.budget.works(frame.text.length)) yield
      }
      count(metrics.received.tcp, frames.length)
      reportFailures("tcp", decoded)
      return yield* pack(decoded, sender)
    }

    /** Ends when everything is stored, however long that takes. */
    const store = (packed: Packed): Effect.Effect<void> =>
      Effect.exit(intake.submit(packed.parcel)).pipe(
        Effect.flatMap((exit) => {
          const wait = pauseAfter(exit)
          return wait === undefined ? Effect.succeed(true) : Effect.as(Effect.sleep(Duration.millis(wait)), false)
        }),
        Effect.repeat({ until: (stored) => stored }),
        Effect.andThen(Effect.sync(() => countStored(packed, count, reporter)))
      )

    const onConnection = (socket: Socket): void => {
      if (open.size + orphans >= options.maxConnections) {
        count(metrics.connectionsRefused, 1)
        return void socket.destroy()
      }
      open.add(socket)
      count(metrics.connections, open.size)
      const reader = new FrameReader(options.maxFrame, read)
      const peer = peerAddress(socket.remoteAddress)
      let busy = false

      const take = (frames: ReadonlyArray<Frame>): void => {
        if (frames.length === 0) return
        busy = true
        socket.pause()
        run(Effect.ensuring(
          Effect.flatMap(turn.run(decode(frames, peer)), store),
          Effect.sync(() => {
            busy = false
            if (!open.has(socket)) orphans--
            // Whoever takes the port for that of a web server waits for an answer that syslog has not.
            if (reader.foreign) socket.destroy()
            else socket.resume()
          })
        ))
      }
      socket.setKeepAlive(true, 60_000)
      if (options.idleSeconds > 0) {
        socket.setTimeout(options.idleSeconds * 1_000, () => void (busy || socket.destroy()))
      }
      socket.on("data", (chunk) => take(reader.push(chunk)))
      socket.on("end", () => take(reader.end()))
      socket.on("error", () => take(reader.end()))
      socket.on("close", () => {
        open.delete(socket)
        if (busy) orphans++
        count(metrics.connections, open.size)
      })
    }

    const server = yield* Effect.acquireRelease(
      listen(options, onConnection),
      (server) => goodbye(server, open, stores)
    )
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : options.port
    yield* Effect.logInfo("Listening for syslog connections.").pipe(Effect.annotateLogs({ host: options.host, port }))
    return port
  }).pipe(Effect.annotateLogs({ listener: sender }))

export const SyslogTcp = (options: SyslogTcpOptions) => Layer.effectDiscard(listenTcp(options))

/** How long to wait before the next try; `undefined` when there is none to make. */
const pauseAfter = (exit: Exit.Exit<Receipt, unknown>): number | undefined => {
  if (Exit.isFailure(exit)) return retryMs
  if (exit.value._tag === "accepted") return undefined
  return exit.value._tag === "limited" ? exit.value.retryAfterMs : retryMs
}

const listen = (
  { host, port, reusePort }: SyslogTcpOptions,
  onConnection: (socket: Socket) => void
): Effect.Effect<Server, SyslogUnavailable> =>
  Effect.callback((resume) => {
    const server = createServer({ noDelay: true }, onConnection)
    server.once("error", (cause) => resume(Effect.fail(new SyslogUnavailable({ transport: "tcp", host, port, cause }))))
    server.listen({ host, port, ...(reusePort ? { reusePort } : {}) }, () => {
      server.removeAllListeners("error")
      resume(Effect.succeed(server))
    })
  })

/**
 * Syslog has no acknowledgement: what a peer sent and we did not read is lost. So each connection is half closed, read until its peer
 * has seen that, and ended only then; and what was read is stored.
 */
const goodbye = (server: Server, open: ReadonlySet<Socket>, stores: FiberSet.FiberSet<void>): Effect.Effect<void> =>
  Effect.gen(function*() {
    server.close()
    for (const socket of open) socket.end()
    yield* Effect.gen(function*() {
      while (open.size > 0) yield* Effect.sleep("10 millis")
    }).pipe(Effect.timeoutOption(Duration.millis(goodbyeMs)))
    yield* FiberSet.awaitEmpty(stores).pipe(Effect.timeoutOption(Duration.millis(drainMs)))
    for (const socket of open) socket.destroy()
  })
