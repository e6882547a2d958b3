import { assert, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Metric, Queue, Scope } from "effect"
import { createSocket } from "node:dgram"
import { connect, type Socket } from "node:net"
import { TrapTable } from "../../../layers/config/TrapTable.ts"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { DecodeReporter } from "../../../services/ingestor/DecodeReporter.ts"
import { IngestBatcherLayer } from "../../../services/ingestor/IngestBatcher.ts"
import { connectionsClosed, decoderFailures, framesCut, partial } from "../../../services/ingestor/metrics.ts"
import { SyslogListeners } from "../../../services/ingestor/syslog/SyslogListeners.ts"
import { DynamicConfigFixed, staticOf } from "../../layers/http/harness.ts"
import { until } from "../../support/eventually.ts"
import { CommandedQueue, EventQueueCommanded, settingsOf } from "./harness.ts"
import { host, tcp, udp } from "./listeners.ts"

const sendDatagrams = (port: number, ...texts: ReadonlyArray<string | Uint8Array>) =>
  Effect.promise(async () => {
    const socket = createSocket("udp4")
    for (const text of texts) {
      await new Promise<void>((resolve, reject) =>
        socket.send(text, port, host, (error) => error === null ? resolve() : reject(error))
      )
    }
    await new Promise<void>((resolve) => socket.close(resolve))
  })

const dial = (port: number, localAddress = host): Effect.Effect<Socket, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = connect({ host, port, localAddress }, () => resume(Effect.succeed(socket)))
      socket.on("error", () => socket.destroy())
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )
const ended = (socket: Socket) =>
  Effect.callback<void>((resume) => {
    if (socket.closed) return resume(Effect.void)
    socket.resume().on("close", () => resume(Effect.void))
  })
const messages = (count: number) =>
  Effect.flatMap(
    CommandedQueue,
    ({ stored }) => Effect.map(Queue.takeN(stored, count), (events) => events.map(({ message }) => message))
  )

/** What was reported as misread, in datagrams and over connections. */
class Reported extends Context.Service<
  Reported,
  Array<{ readonly hostname: string; readonly what: string; readonly text: string }>
>()(
  "mutt/test/services/ingestor/Reported"
) {}

const ReporterWatched = Layer.effect(
  DecodeReporter,
  Effect.map(Reported, (reported) => ({
    note: ({ hostname, raw, what }) => void reported.push({ hostname, what: what.join(), text: raw }),
    add: (hosts) => {
      for (const { counts, hostname, sample } of hosts) {
        reported.push({ hostname, what: Object.keys(counts).join(), text: sample })
      }
    }
  }))
)

/** Fails as a fault of ours would. */
class ThrowingTable extends Map<string, string> {
  override get(): string | undefined {
    throw new RangeError("out of stack")
  }
}

const World = Layer.merge(IngestBatcherLayer, ReporterWatched).pipe(
  Layer.provideMerge(Layer.sync(Reported, () => [])),
  Layer.provide(EventQueueCommanded),
  Layer.provideMerge(CommandedQueue.layer),
  Layer.provideMerge(DynamicConfigFixed),
  Layer.provideMerge(staticOf("ingestor"))
)

layer(World, { excludeTestServices: true })("the syslog listeners", (it) => {
  it.effect("make events of datagrams, with the peer where the message has no host", () =>
    Effect.gen(function*() {
      const { quarantined, stored } = yield* CommandedQueue
      const port = yield* udp()
      yield* sendDatagrams(port, "<34>Aug 22 10:00:00 sw1 su: failed", "<13>no header", "\u0001\u0002")
      const [first, second] = yield* Queue.takeN(stored, 2)
      assert.deepStrictEqual([first?.hostname, first?.program, first?.severity, first?.sender, first?.source], [
        "sw1",
        "su",
        2,
        "syslog/udp",
        "syslog"
      ])
      assert.deepStrictEqual([second?.hostname, second?.sourceIp, second?.message], [host, host, "no header"])
      assert.notStrictEqual(first?.correlationId, second?.correlationId)
      const { peer, reason } = yield* Queue.take(quarantined)
      assert.deepStrictEqual([reason, peer], ["not_syslog", host])
    }))

  it.effect("read bytes that are no UTF-8 in the charset that is set", () =>
    Effect.gen(function*() {
      const { stored } = yield* CommandedQueue
      const text = Buffer.concat([Buffer.from("<13>Aug 22 10:00:00 h a: "), Buffer.from([0xb6, 0xcb, 0xbf, 0xda])])
      yield* sendDatagrams(yield* udp({ fallbackCharset: "gbk" }), text)
      const socket = yield* dial(yield* tcp({ fallbackCharset: "gbk" }))
      socket.end(text)
      const events = yield* Queue.takeN(stored, 2)
      assert.deepStrictEqual(events.map(({ decode, message }) => [message, decode]), [
        ["端口", ["charset_fallback"]],
        ["端口", ["charset_fallback"]]
      ])
    }))

  it.effect("quarantine the message that makes a decoder throw, and count it", () =>
    Effect.gen(function*() {
      const { quarantined, stored } = yield* CommandedQueue
      const text = "<13>Aug 22 10:00:00 sw1 snmptrapd[1]: SNMPv2-MIB::snmpTrapOID.0 = OID: MIB::faultyName"
      const counts = Effect.forEach([decoderFailures.udp, decoderFailures.tcp], Metric.value)
      const before = yield* counts
      const throwing = Effect.provideService(TrapTable, new ThrowingTable())
      yield* sendDatagrams(yield* throwing(udp()), text, "<34>Aug 22 10:00:00 sw1 su: after")
      const socket = yield* dial(yield* throwing(tcp()))
      socket.end(`${text}\n<34>Aug 22 10:00:00 sw1 su: after\n`)
      const refused = yield* Queue.takeN(quarantined, 2)
      assert.deepStrictEqual(refused.map(({ raw, reason }) => [reason, raw]), [
        ["decoder_failed", text],
        ["decoder_failed", text]
      ])
      assert.deepStrictEqual((yield* Queue.takeN(stored, 2)).map(({ message }) => message), ["after", "after"])
      assert.deepStrictEqual((yield* counts).map(({ count }, index) => count - (before[index]?.count ?? 0)), [1, 1])
    }))

  it.effect("count once it is stored what was understood in part, and report its host", () =>
    Effect.gen(function*() {
      const { stored } = yield* CommandedQueue
      const uptime = Effect.map(Metric.value(partial.get("uptime") ?? framesCut), ({ count }) => count)
      const before = yield* uptime
      const text = "<189>30: 1d02h: %LINK-3-UPDOWN: Interface Gi0/1"
      yield* sendDatagrams(yield* udp(), text)
      const socket = yield* dial(yield* tcp())
      socket.end(`${text}\n`)
      yield* Queue.takeN(stored, 2)
      yield* until(uptime, (count) => count === before + 2)
      const reported = (yield* Reported).filter(({ what }) => what.includes("uptime"))
      assert.deepStrictEqual(reported, Array.from({ length: 2 }, () => ({ what: "uptime", hostname: host, text })))
    }))

  it.effect("keep an HTTP request once and close its connection", () =>
    Effect.gen(function*() {
      const { quarantined } = yield* CommandedQueue
      const socket = yield* dial(yield* tcp())
      socket.write("GET / HTTP/1.1\r\nHost: mutt\r\n\r\n")
      yield* ended(socket)
      const record = yield* Queue.take(quarantined)
      assert.deepStrictEqual([record.reason, record.detail], ["not_syslog", "An HTTP request on the syslog port."])
    }))

  it.effect("make events of a stream, counted or in lines", () =>
    Effect.gen(function*() {
      const socket = yield* dial(yield* tcp())
      socket.write("<13>Aug 22 10:00:00 h a: one\n35 <13>1 - h a - - - two\nof two lines <13>Aug 22 10:00:00 h a: thr")
      socket.write("ee\n<13>Aug 22 10:00:00 h a: last")
      socket.end()
      assert.deepStrictEqual(yield* messages(4), ["one", "two\nof two lines ", "three", "last"])
    }))

  it.effect("cut a frame that is too long, mark it, and read on", () =>
    Effect.gen(function*() {
      const { stored } = yield* CommandedQueue
      const before = (yield* Metric.value(framesCut)).count
      const socket = yield* dial(yield* tcp())
      socket.end(`<13>Aug 22 10:00:00 h a: ${"x".repeat(5_000)}\n<13>Aug 22 10:00:00 h a: next\n`)
      const [cut, next] = yield* Queue.takeN(stored, 2)
      assert.strictEqual(cut?.fields?.["frame_truncated"], true)
      assert.strictEqual(next?.message, "next")
      assert.strictEqual((yield* Metric.value(framesCut)).count, before + 1)
    }))

  it.effect("do not read a connection while its messages can't be stored, and lose none of them", () =>
    Effect.gen(function*() {
      const queue = yield* CommandedQueue
      const socket = yield* dial(yield* tcp())
      queue.mood = "unavailable"
      yield* Queue.clear(queue.asked)
      socket.write("<13>Aug 22 10:00:00 h a: 0\n")
      yield* Queue.take(queue.asked)
      let sent = 1
      const fill = () => {
        while (sent < 50_000 && socket.write(`<13>Aug 22 10:00:00 h a: ${sent++}\n`)) continue
      }
      socket.on("drain", fill)
      fill()
      yield* Queue.take(queue.asked)
      queue.mood = "accepts"
      const seen = yield* messages(50_000)
      assert.deepStrictEqual(seen.map(Number), Array.from({ length: 50_000 }, (_, i) => i))
    }))

  it.effect("refuse connections beyond their number", () =>
    Effect.gen(function*() {
      const port = yield* tcp({ tcpMaxConnections: 1 })
      const first = yield* dial(port)
      first.write("<13>Aug 22 10:00:00 h a: first\n")
      assert.deepStrictEqual(yield* messages(1), ["first"])
      yield* ended(yield* dial(port))
      first.write("<13>Aug 22 10:00:00 h a: still\n")
      assert.deepStrictEqual(yield* messages(1), ["still"])
    }))

  it.effect("close what says nothing, or does not end what it began, which is stored; others are read meanwhile", () =>
    Effect.gen(function*() {
      const port = yield* tcp({ tcpFirstByteSeconds: 0.2, tcpFrameSeconds: 0.2 })
      const mute = yield* dial(port)
      const slow = yield* dial(port)
      slow.write("<13>Aug 22 10:00:00 h a: half a mess")
      const steady = yield* dial(port)
      steady.write("<13>Aug 22 10:00:00 h a: whole\n")
      const halves = yield* messages(2)
      assert.deepStrictEqual(halves, ["whole", "half a mess"])
      yield* Effect.all([ended(mute), ended(slow)], { concurrency: 2 })
      steady.write("<13>Aug 22 10:00:00 h a: still\n")
      assert.deepStrictEqual(yield* messages(1), ["still"])
    }))

  it.effect("close what has been silent after its messages for SYSLOG_TCP_IDLE_SECONDS", () =>
    Effect.gen(function*() {
      const port = yield* freePort
      const closed = Effect.map(Metric.value(connectionsClosed.idle), ({ count }) => count)
      const before = yield* closed
      yield* Layer.build(
        SyslogListeners.pipe(Layer.provide(settingsOf({ syslogTcpPort: port, tcpIdleSeconds: 1 })))
      )
      const silent = yield* dial(port)
      silent.write("<13>Aug 22 10:00:00 h a: all I say\n")
      assert.deepStrictEqual(yield* messages(1), ["all I say"])
      yield* ended(silent)
      assert.strictEqual(yield* closed, before + 1)
    }))

  it.effect("give one peer its share of connections, and another peer its own", () =>
    Effect.gen(function*() {
      const port = yield* tcp({ tcpMaxPerPeer: 2 })
      const closed = Effect.map(Metric.value(connectionsClosed.peer_limit), ({ count }) => count)
      const before = yield* closed
      yield* Effect.forEach([1, 2], () => dial(port, "127.0.0.2"))
      yield* ended(yield* dial(port, "127.0.0.2"))
      assert.strictEqual(yield* closed, before + 1)
      const other = yield* dial(port)
      other.write("<13>Aug 22 10:00:00 h a: other\n")
      assert.deepStrictEqual(yield* messages(1), ["other"])
    }))

  it.effect("share their ports with those of another ingestor, when they are told to", () =>
    Effect.gen(function*() {
      const [tcpPort, udpPort] = [yield* freePort, yield* freePort]
      const listeners = (reusePort: boolean, udp = udpPort) =>
        Layer.build(
          Layer.fresh(SyslogListeners).pipe(
            Layer.provide(settingsOf({ syslogTcpPort: tcpPort, syslogUdpPort: udp, reusePort }))
          )
        )
      yield* listeners(true)
      yield* listeners(true)
      for (const refused of [listeners(false), listeners(false, 0)]) {
        assert.strictEqual((yield* Effect.flip(refused))._tag, "SyslogUnavailable")
      }
      const socket = yield* dial(tcpPort)
      socket.write("<13>Aug 22 10:00:00 h a: whoever takes it\n")
      yield* sendDatagrams(udpPort, "<13>Aug 22 10:00:00 h a: whoever takes it")
      assert.deepStrictEqual(yield* messages(2), ["whoever takes it", "whoever takes it"])
    }))

  it.effect("end politely: the peer sees the end, and what it had sent is stored", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const port = yield* Scope.provide(tcp(), scope)
      const socket = yield* dial(port)
      socket.write("<13>Aug 22 10:00:00 h a: one\n")
      assert.deepStrictEqual(yield* messages(1), ["one"])
      const closed = yield* Effect.forkChild(ended(socket))
      socket.write("<13>Aug 22 10:00:00 h a: two\n")
      yield* Scope.close(scope, yield* Effect.exit(Effect.void))
      yield* Fiber.join(closed)
      assert.deepStrictEqual(yield* messages(1), ["two"])
    }))
})
