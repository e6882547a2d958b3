import { Clock, Duration, Effect, Exit, FiberSet } from "effect"
import type { Socket } from "node:net"
import { setTimeout } from "node:timers"
import type { AppendResult } from "../../../layers/queue/EventQueue.ts"
import { steadyMillisOf } from "../../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import { Budget } from "../../../src/decode/Budget.ts"
import { decodeFrame } from "../../../src/decode/decode.ts"
import { type Frame, FrameReader } from "../../../src/decode/framing/FrameReader.ts"
import { emptyDecoded } from "../../../src/decode/ReceiveContext.ts"
import { peerNetwork } from "../../../src/logic/peerNetwork.ts"
import { PeerPace } from "../../../src/logic/PeerPace.ts"
import { type ArrivalTrace, endStored, makeArrivalTraces } from "../arrivalTrace.ts"
import { DecodeReporter } from "../DecodeReporter.ts"
import { DecodeTurns, makeFailureReport, makeReceiveContexts, peerAddress } from "../decoding.ts"
import { countStored, encodeBatch, type EncodedBatch } from "../encodeBatch.ts"
import { IngestBatcher } from "../IngestBatcher.ts"
import { IngestorSettings } from "../IngestorSettings.ts"
import * as metrics from "../metrics.ts"
import { nodeTextReader } from "./listener.ts"
import { type SyslogConnection, SyslogConnections } from "./SyslogConnections.ts"
import { closeServer, halfClose, listen } from "./tcpServer.ts"
import { makeTlsHandshakes, type Secure, type SyslogTls } from "./tlsHandshakes.ts"

const retryMs = 250
/** Messages of one connection that are stored at once: one read may have thousands, while others wait. */
const atOnce = 500
/** What a record that was not kept makes its peer wait: 5,000 of them a second are read, on all its connections. */
const overShareMs = 0.2
const longestPaceMs = 30_000

/**
 * Listens for syslog over TCP or TLS and gives the port. A connection is not read while its messages are not stored, so
 * senders wait while the queue is full or Redis is down, and nothing is dropped.
 */
const listenFor = Effect.fnUntraced(function*(transport: "tcp" | "tls", asked: number, tls: SyslogTls | undefined) {
  const settings = yield* IngestorSettings
  const { reusePort, syslogHost: host } = settings
  const batcher = yield* IngestBatcher
  const reporter = yield* DecodeReporter
  const contexts = yield* makeReceiveContexts
  const count = yield* metrics.counting
  const reportFailures = yield* makeFailureReport
  const turn = yield* DecodeTurns
  const traces = yield* makeArrivalTraces
  const stores = yield* FiberSet.make<void>()
  const run = yield* FiberSet.runtime(stores)()
  const secure = tls === undefined ? undefined : yield* makeTlsHandshakes(tls)
  const read = nodeTextReader(settings.fallbackCharset)
  const sockets = new Set<Socket>()
  const connections = new SyslogConnections(settings)
  const clock = yield* Clock.Clock
  /** Slows a peer that is over its share of the quarantine: each such record costs Redis work. */
  const pace = new PeerPace(overShareMs, longestPaceMs)
  /** Closed connections whose messages are being stored: they hold memory like an open one. */
  let orphans = 0

  function* decode(
    frames: ReadonlyArray<Frame>,
    sender: string,
    peer: string | undefined
  ): Generator<void, EncodedBatch> {
    const told: Array<ArrivalTrace> = []
    const decoded = emptyDecoded(new Budget(frames.reduce((sum, { text }) => sum + text.length, 0), Infinity))
    for (const frame of frames) {
      if (frame.cut) count(metrics.framesCut, 1)
      const trace = traces.ofMessage("tcp", peer)
      if (trace !== undefined) told.push(trace)
      decodeFrame(frame, contexts({ sender, source: "syslog", peer, traceparent: trace?.traceparent }), decoded)
      if (decoded.budget.works(frame.text.length)) yield
    }
    count(metrics.received[transport], frames.length)
    reportFailures("tcp", decoded)
    return { ...yield* encodeBatch(decoded, sender), traces: told }
  }

  /** Ends when everything is stored, however long that takes. */
  const store = (encoded: EncodedBatch, network: string): Effect.Effect<void> => {
    const { traces = [] } = encoded
    const eventBatch = { ...encoded.batch, named: batcher.batchId() }
    for (const { submitted } of traces) submitted(eventBatch.events.length)
    return Effect.exit(batcher.submit(eventBatch, network)).pipe(
      Effect.flatMap((exit) => {
        const wait = pauseAfter(exit)
        if (Exit.isSuccess(exit) && exit.value._tag === "accepted") {
          pace.add(network, exit.value.overShare?.length ?? 0, steadyMillisOf(clock))
          for (const trace of traces) endStored(trace, exit)
        }
        return wait === undefined ? Effect.succeed(true) : Effect.as(Effect.sleep(Duration.millis(wait)), false)
      }),
      Effect.repeat({ until: (stored) => stored }),
      Effect.andThen(Effect.sync(() => countStored(encoded, count, reporter)))
    )
  }

  const onConnection = (socket: Socket): void => {
    const network = peerNetwork(socket.remoteAddress)
    const refusal = connections.refusal(network, orphans)
    if (refusal !== undefined) {
      count(metrics.connectionsRefused, 1)
      count(metrics.connectionsClosed[refusal], 1)
      return void socket.destroy()
    }
    if (secure === undefined) serve(socket, network, "syslog/tcp")
    else shakeHands(secure, socket, network)
  }

  /** Holds a place for a peer until it may send. */
  const shakeHands = (secure: Secure, raw: Socket, network: string): void => {
    const connection: SyslogConnection = {
      network,
      busy: () => false,
      pending: () => false,
      leave: (reason) => {
        count(metrics.connectionsClosed[reason], 1)
        raw.destroy()
      }
    }
    sockets.add(raw)
    connections.add(connection)
    const leave = () => {
      sockets.delete(raw)
      connections.remove(connection)
    }
    raw.on("error", () => raw.destroy())
    raw.on("close", leave)
    secure(raw, (socket, sender = "syslog/tls") => {
      leave()
      serve(socket, network, sender)
    })
  }

  const serve = (socket: Socket, network: string, sender: string): void => {
    sockets.add(socket)
    const reader = new FrameReader(settings.tcpMaxFrame, read)
    const peer = peerAddress(socket.remoteAddress)
    /** Read and not stored yet. More than one only when the connection breaks meanwhile. */
    const unread: Array<Iterator<Frame, void>> = []
    let storing = false
    let last = false

    /** The next messages of what was read; none at its end. */
    const next = (): ReadonlyArray<Frame> => {
      const some: Array<Frame> = []
      while (some.length < atOnce && unread[0] !== undefined) {
        const { done, value } = unread[0].next()
        if (done === true) unread.shift()
        else some.push(value)
      }
      connections.heard(connection, some.length)
      return some
    }
    const storeAll = Effect.fnUntraced(function*(first: ReadonlyArray<Frame>) {
      let some = first
      while (some.length > 0) {
        yield* store(yield* turn.run(decode(some, sender, peer)), network)
        some = next()
      }
    })

    const readOn = (): void => {
      const waitMs = pace.waitMs(network, steadyMillisOf(clock))
      if (waitMs === 0) return void socket.resume()
      socket.pause()
      setTimeout(() => socket.resume(), waitMs).unref()
    }

    const take = (frames: Iterator<Frame, void>): void => {
      unread.push(frames)
      if (storing) return
      const first = next()
      if (first.length === 0) return
      storing = true
      socket.pause()
      run(Effect.ensuring(
        storeAll(first),
        Effect.sync(() => {
          storing = false
          if (!sockets.has(socket)) orphans--
          // A client that speaks HTTP to this port would wait for an answer.
          if (reader.foreign) socket.destroy()
          else readOn()
          if (last) halfClose(socket)
        })
      ))
    }
    const connection: SyslogConnection = {
      network,
      busy: () => storing,
      pending: () => reader.pending,
      leave: (reason) => {
        count(metrics.connectionsClosed[reason], 1)
        take(ended(reader))
        if (reason === "evicted") return void socket.destroy()
        last = true
        if (!storing) halfClose(socket)
      }
    }
    connections.add(connection)
    count(metrics.connections[transport], connections.size)
    socket.setKeepAlive(true, 60_000)
    socket.on("data", (chunk) => take(reader.read(chunk)))
    socket.on("end", () => take(ended(reader)))
    socket.on("error", () => take(ended(reader)))
    readOn()
    socket.on("close", () => {
      sockets.delete(socket)
      connections.remove(connection)
      if (storing) orphans++
      count(metrics.connections[transport], connections.size)
    })
  }

  yield* Effect.sleep(Duration.millis(connections.tickMs)).pipe(
    Effect.andThen(Effect.sync(() => connections.tick())),
    Effect.forever,
    supervised("syslog.connections")
  )
  const server = yield* Effect.acquireRelease(
    listen({ host, port: asked, reusePort }, onConnection),
    (server) => closeServer(server, sockets, stores)
  )
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : asked
  yield* Effect.logInfo("Listening for syslog connections.").pipe(Effect.annotateLogs({ host, port }))
  return port
}, (listener, transport) => Effect.annotateLogs(listener, { listener: `syslog/${transport}` }))

export const listenTcp = Effect.flatMap(
  IngestorSettings,
  ({ syslogTcpPort }) => listenFor("tcp", syslogTcpPort, undefined)
)

export const listenTls = (tls: SyslogTls) =>
  Effect.flatMap(IngestorSettings, ({ syslogTlsPort }) => listenFor("tls", syslogTlsPort, tls))

/** What is left at the end, once all before it was read. */
function* ended(reader: FrameReader): Generator<Frame, void> {
  yield* reader.end()
}

/** How long to wait before the next try; `undefined` when there is none to make. */
const pauseAfter = (exit: Exit.Exit<AppendResult, unknown>): number | undefined => {
  if (Exit.isFailure(exit)) return retryMs
  if (exit.value._tag === "accepted") return undefined
  return exit.value._tag === "limited" ? exit.value.retryAfterMs : retryMs
}
