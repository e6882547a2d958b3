import { Effect, Metric, Schedule } from "effect"
import { createSocket, type RemoteInfo, type Socket } from "node:dgram"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import { decodeDatagram } from "../../../src/decode/decode.ts"
import { makeArrivalTraces } from "../arrivalTrace.ts"
import { makeFailureReport, makeReceiveContexts, peerAddress } from "../decoding.ts"
import { refusedOf } from "../encodeBatch.ts"
import { IngestorSettings, type IngestorValues } from "../IngestorSettings.ts"
import * as metrics from "../metrics.ts"
import { kernelDrops } from "./kernelDrops.ts"
import { nodeTextReader, SyslogUnavailable } from "./listener.ts"
import { makeSyslogBuffer } from "./SyslogBuffer.ts"

const sender = "syslog/udp"
/** A datagram is one record, understood or not. */
const none: readonly [] = []
const slowRuntime = "Deno reads about a thousand datagrams a second; run the ingestor on Node where more of them come."

/**
 * Listens for syslog datagrams and gives the port. UDP has no back-pressure, so messages are buffered by the kernel and
 * here while the queue takes none, and losses of either are counted and logged.
 */
export const listenUdp = Effect.gen(function*() {
  const settings = yield* IngestorSettings
  const contexts = yield* makeReceiveContexts
  const reportFailures = yield* makeFailureReport
  const offer = yield* makeSyslogBuffer({
    sender,
    maxBytes: settings.udpHoldBytes,
    drainMs: 5_000,
    received: metrics.received.udp
  })

  const traces = yield* makeArrivalTraces
  const read = nodeTextReader(settings.fallbackCharset)

  const onMessage = (message: Buffer, from: RemoteInfo): void => {
    const peer = peerAddress(from.address)
    const trace = traces.ofMessage("udp", peer)
    const context = contexts({ sender, source: "syslog", peer, traceparent: trace?.traceparent })
    const decoded = decodeDatagram(message, context, read)
    const { events: [event], misread: [misread] = none, quarantined, texts: [text] } = decoded
    reportFailures("udp", decoded)
    if (event !== undefined && text !== undefined) offer(from.address, { text, source: event.source, misread, trace })
    for (const record of quarantined) offer(from.address, { ...refusedOf(record), misread, trace })
  }

  const socket = yield* Effect.acquireRelease(open(settings, onMessage), close)
  const { port } = socket.address()
  yield* reportReceiveBuffer(socket, settings.udpReceiveBuffer)
  yield* watchKernelDrops(port)
  if ("Deno" in globalThis) yield* Effect.logWarning(slowRuntime)
  yield* Effect.logInfo("Listening for syslog datagrams.").pipe(
    Effect.annotateLogs({ host: settings.syslogHost, port })
  )
  return port
}).pipe(Effect.annotateLogs({ listener: sender }))

const open = (
  { reusePort, syslogHost: host, syslogUdpPort: port, udpReceiveBuffer }: IngestorValues,
  onMessage: (message: Buffer, from: RemoteInfo) => void
): Effect.Effect<Socket, SyslogUnavailable> =>
  Effect.callback((resume) => {
    const socket = createSocket({
      type: host.includes(":") ? "udp6" : "udp4",
      recvBufferSize: udpReceiveBuffer,
      ...(reusePort ? { reusePort } : {})
    })
    socket.once("error", (cause) => resume(Effect.fail(new SyslogUnavailable({ transport: "udp", host, port, cause }))))
    socket.on("message", onMessage)
    socket.bind(port, host, () => {
      socket.removeAllListeners("error")
      resume(Effect.succeed(socket))
    })
  })

const close = (socket: Socket): Effect.Effect<void> =>
  Effect.callback((resume) => {
    socket.close(() => resume(Effect.void))
  })

/** Reports the buffer that the kernel grants, and warns when it is too small. Linux reports twice what holds data. */
const reportReceiveBuffer = (socket: Socket, wish: number) =>
  Effect.suspend(() => {
    const granted = socket.getRecvBufferSize()
    return Effect.andThen(
      Metric.update(metrics.receiveBuffer, granted),
      granted >= wish
        ? Effect.void
        : Effect.annotateLogs(
          Effect.logWarning(
            "The kernel grants the syslog socket less buffer than wished; net.core.rmem_max limits it."
          ),
          { wish, granted }
        )
    )
  })

const watchKernelDrops = (port: number) => {
  let seen = 0
  const look = Effect.gen(function*() {
    const drops = yield* kernelDrops(port)
    if (drops === undefined || drops <= seen) return
    const lost = drops - seen
    seen = drops
    const count = yield* metrics.counting
    count(metrics.dropped.kernel, lost)
    yield* Effect.annotateLogs(Effect.logError("The kernel dropped syslog datagrams: its buffer was full."), { lost })
  }).pipe(droppedAt("syslog-kernel-drops", "The kernel's drops could not be read."))
  return Effect.forkScoped(look.pipe(Effect.schedule(Schedule.spaced("2 seconds"))))
}
