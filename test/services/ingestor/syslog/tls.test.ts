import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Metric, Queue, Schedule, Scope } from "effect"
import { connect, type TLSSocket } from "node:tls"
import { Environment } from "../../../../layers/environment/Environment.ts"
import { clientsRefused } from "../../../../layers/tls/metrics.ts"
import type { Issued } from "../../../../scripts/stack/Certificates.ts"
import { freePort } from "../../../../scripts/stack/FreePort.ts"
import { DecodeReporter } from "../../../../services/ingestor/DecodeReporter.ts"
import { IngestBatcherLayer } from "../../../../services/ingestor/IngestBatcher.ts"
import { connectionsClosed } from "../../../../services/ingestor/metrics.ts"
import { SyslogListeners } from "../../../../services/ingestor/syslog/SyslogListeners.ts"
import { DynamicConfigFixed, staticOf } from "../../../layers/http/harness.ts"
import { loggedInto } from "../../../layers/http/secureProgram.ts"
import { clients, forServer, replace, right, tlsFolder } from "../../../support/certificates.ts"
import { dial } from "../../../support/wire.ts"
import { CommandedQueue, EventQueueCommanded, settingsOf } from "../harness.ts"
import { tls } from "../listeners.ts"

const logged: Array<string> = []

const World = IngestBatcherLayer.pipe(
  Layer.provide(EventQueueCommanded),
  Layer.provideMerge(CommandedQueue.layer),
  Layer.provideMerge(Layer.succeed(DecodeReporter, { note: () => undefined, add: () => undefined })),
  Layer.provideMerge(DynamicConfigFixed),
  Layer.provideMerge(loggedInto(logged))
)

const soon = Schedule.spaced("10 millis")

/** A listener on a free port, with its files. */
const listener = Effect.fnUntraced(function*(clientAuth?: "optional" | "required") {
  const { caFile, files } = yield* tlsFolder()
  const port = yield* tls({
    files: {
      ...files,
      clientCaFile: clientAuth === undefined ? undefined : caFile,
      clientAuth: clientAuth ?? "optional",
      reloadMs: 20,
      warnDays: 14
    },
    handshakeMs: 300,
    senders: new Map([["relay.lab", "relay1"]])
  })
  return { files, port }
})

/** A peer that speaks TLS. */
const peer = (port: number, shows?: Issued): Effect.Effect<TLSSocket, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<TLSSocket>((resume) => {
      const options = { port, host: "127.0.0.1", servername: "localhost", ca: right.cert, ...shows }
      const socket = connect(options, () => resume(Effect.succeed(socket)))
      socket.on("error", () => undefined)
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )
const closed = (socket: TLSSocket) =>
  Effect.callback<void>((resume) => {
    if (socket.closed) return resume(Effect.void)
    socket.resume().on("close", () => resume(Effect.void))
  })
const counted = (reason: keyof ReturnType<typeof clientsRefused>) =>
  Effect.map(Metric.value(clientsRefused("syslog")[reason]), ({ count }) => count)
/** As RFC 5425 frames it. */
const framed = (text: string) => `${text.length} ${text}`
const line = (text: string) => framed(`<34>1 2026-08-22T10:00:00Z sw1 su - - - ${text}`)

layer(World, { excludeTestServices: true })("syslog over TLS", (it) => {
  it.effect("takes messages, split anywhere, of whoever asks; without a certificate they are of syslog/tls", () =>
    Effect.gen(function*() {
      const { stored } = yield* CommandedQueue
      const { port } = yield* listener()
      const socket = yield* peer(port)
      const text = line("one") + line("two")
      socket.write(text.slice(0, 30))
      socket.write(text.slice(30))
      const events = yield* Queue.takeN(stored, 2)
      assert.deepStrictEqual(events.map(({ message, sender }) => [message, sender]), [
        ["one", "syslog/tls"],
        ["two", "syslog/tls"]
      ])
    }))

  it.effect("records the sender that a certificate is listed for", () =>
    Effect.gen(function*() {
      const { stored } = yield* CommandedQueue
      const { port } = yield* listener("required")
      const senders: Array<string> = []
      for (const shown of [clients.good, clients.unmapped]) {
        const socket = yield* peer(port, shown)
        socket.write(line("who"))
        senders.push((yield* Queue.take(stored)).sender)
      }
      assert.deepStrictEqual(senders, ["relay1", "syslog/tls"])
    }))

  for (const reason of ["expired", "not_yet_valid", "untrusted", "missing"] as const) {
    it.effect(`closes a connection whose certificate is ${reason}, says why and counts it`, () =>
      Effect.gen(function*() {
        const { calls } = yield* CommandedQueue
        const { port } = yield* listener(reason === "missing" ? "required" : "optional")
        const before = [yield* counted(reason), calls.length] as const
        const shown = {
          expired: clients.expired,
          not_yet_valid: clients.early,
          untrusted: clients.wrong,
          missing: undefined
        }
        const socket = yield* peer(port, shown[reason])
        socket.write(line("never"))
        yield* closed(socket)
        assert.deepStrictEqual([yield* counted(reason), calls.length], [before[0] + 1, before[1]])
        assert.isTrue(logged.some((line) => line.includes("refused by TLS") && line.includes(`"reason":"${reason}"`)))
      }))
  }

  it.effect("shows a new certificate to who comes then, and goes on with who is there", () =>
    Effect.gen(function*() {
      const { stored } = yield* CommandedQueue
      const { files, port } = yield* listener()
      const early = yield* peer(port)
      const next = forServer("next")
      replace(files.certFile, next.cert)
      replace(files.keyFile, next.key)
      const nameShown = Effect.scoped(Effect.map(peer(port), (socket) => socket.getPeerCertificate().subject.CN))
      yield* Effect.repeat(nameShown, { until: (name) => name === "next", schedule: soon })
      early.write(line("still here"))
      assert.strictEqual((yield* Queue.take(stored)).message, "still here")
    }))

  it.effect("lets go of who does not finish the handshake, and of one too many before it", () =>
    Effect.gen(function*() {
      const { port } = yield* listener()
      const before = [yield* counted("handshake"), (yield* Metric.value(connectionsClosed.peer_limit)).count] as const
      const plain = yield* dial(port, line("in the clear"))
      yield* plain.ended
      const silent = yield* Effect.forEach(Array.from({ length: 10 }), () => dial(port))
      const refused = yield* dial(port)
      yield* refused.ended
      assert.strictEqual((yield* Metric.value(connectionsClosed.peer_limit)).count, before[1] + 1)
      for (const one of silent) yield* one.ended
      assert.isAtLeast(yield* counted("handshake"), before[0] + 11)
    }))

  it.effect("has the files of the HTTP server, or its own, and says which are missing", () =>
    Effect.gen(function*() {
      const { files } = yield* tlsFolder()
      const shared = {
        ...files,
        clientCaFile: undefined,
        clientAuth: "optional",
        reloadMs: 1_000,
        warnDays: 0
      } as const
      const listen = (over: Parameters<typeof settingsOf>[0], tls?: typeof shared) =>
        Effect.scoped(Layer.build(
          Layer.fresh(SyslogListeners).pipe(
            Layer.provide(settingsOf(over)),
            Layer.provide(
              Layer.effect(Environment, Effect.map(Environment, (fixed) => ({ ...fixed, tls }))).pipe(
                Layer.provide(staticOf("ingestor"))
              )
            )
          )
        ))
      const syslogTlsPort = yield* freePort
      yield* listen({ syslogTlsPort }, shared)
      yield* listen({ syslogTlsPort, syslogTlsCertFile: files.certFile, syslogTlsKeyFile: files.keyFile })
      const wrong = [
        [{ syslogTlsPort }, undefined, "needs SYSLOG_TLS_CERT_FILE or SERVER_TLS_CERT_FILE"],
        [{ syslogTlsPort, syslogTlsCertFile: files.certFile }, shared, "SYSLOG_TLS_KEY_FILE is not set"],
        [{ syslogTlsPort, syslogTlsClientAuth: "required" }, shared, "SYSLOG_TLS_CLIENT_CA_FILE is not set"]
      ] as const
      for (const [over, tls, words] of wrong) {
        assert.include((yield* Effect.flip(listen(over, tls))).message, words)
      }
    }))

  it.effect("stores what it had read when the program stops", () =>
    Effect.gen(function*() {
      const { stored } = yield* CommandedQueue
      const scope = yield* Scope.make()
      const { port } = yield* Scope.provide(listener(), scope)
      const socket = yield* peer(port)
      socket.write(line("last words"))
      assert.strictEqual((yield* Queue.take(stored)).message, "last words")
      yield* Scope.close(scope, yield* Effect.exit(Effect.void))
      yield* closed(socket)
    }))
})
