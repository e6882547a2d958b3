import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Metric, Queue } from "effect"
import { HttpServer } from "effect/http"
import { ServerLayer } from "../../../layers/http/Server.ts"
import { Program } from "../../../services/ingestor/Program.ts"
import { world } from "../../layers/http/harness.ts"
import { ask, loggedInto, sampleOf, secureEnvironment } from "../../layers/http/secureProgram.ts"
import { DecodeReportMemory } from "../../layers/queue/DecodeReportMemory.ts"
import { clients, tlsFolder } from "../../support/certificates.ts"
import { CommandedQueue, EventQueueCommanded, RedisUp, settingsOf } from "./harness.ts"

class Logged extends Context.Service<Logged, Array<string>>()("mutt/test/services/ingestor/certificateLogin/Logged") {}

const Ingestor = Layer.unwrap(Effect.gen(function*() {
  const { caFile, files } = yield* tlsFolder()
  const logged: Array<string> = []
  return Program(Layer.empty).pipe(
    Layer.provide(EventQueueCommanded),
    Layer.provideMerge(CommandedQueue.layer),
    Layer.provide([DecodeReportMemory, RedisUp]),
    Layer.provide(settingsOf({ clientSenders: "core-relay=relay1" })),
    Layer.provideMerge(ServerLayer()),
    Layer.provide(secureEnvironment("ingestor", { ...files, clientCaFile: caFile, clientAuth: "optional" })),
    Layer.provide(world("ingestor")),
    Layer.provide(loggedInto(logged)),
    Layer.provideMerge(Layer.succeed(Logged, logged)),
    Layer.provide(Layer.sync(Metric.MetricRegistry, () => new Map()))
  )
}))

const port = Effect.map(HttpServer.HttpServer, ({ address }) => "port" in address ? address.port : 0)
const send = (shows: keyof typeof clients | undefined, headers: Readonly<Record<string, string>> = {}) =>
  Effect.flatMap(port, (port) =>
    ask(port, "/api/v2/ingest", {
      method: "POST",
      headers,
      body: JSON.stringify({ hostname: "edge-1", message: "link down" }),
      ...(shows === undefined ? {} : { shows: clients[shows] })
    }))
const refusals = (reason: string) =>
  Effect.map(
    Effect.flatMap(port, (port) => ask(port, "/metrics")),
    ({ body }) => sampleOf(body, `mutt_tls_clients_refused_total{listener="http",reason="${reason}"}`)
  )

layer(Ingestor, { excludeTestServices: true })("a sender that shows a certificate", (it) => {
  it.effect("is let in without a key, as the sender that the certificate is listed for", () =>
    Effect.gen(function*() {
      const { stored } = yield* CommandedQueue
      assert.strictEqual((yield* send("good")).status, 200)
      assert.strictEqual((yield* Queue.take(stored)).sender, "relay1")
      assert.strictEqual((yield* send("good", { "x-api-key": "ingest-key-of-tests" })).status, 200)
      assert.strictEqual((yield* Queue.take(stored)).sender, "collector")
    }))

  for (
    const [reason, shows, words] of [
      ["missing", undefined, "no client certificate"],
      ["expired", "expired", "has expired"],
      ["not_yet_valid", "early", "not valid yet"],
      ["untrusted", "wrong", "not of an authority"],
      ["unlisted", "unmapped", "no sender"]
    ] as const
  ) {
    it.effect(`is refused in words when it is ${reason}, and needs a key`, () =>
      Effect.gen(function*() {
        const logged = yield* Logged
        const { stored } = yield* CommandedQueue
        const { body, status } = yield* send(shows)
        assert.strictEqual(status, 401)
        assert.deepInclude(JSON.parse(body), { _tag: "KeyRefused" })
        assert.include(JSON.parse(body).detail, words)
        assert.strictEqual(yield* refusals(reason), 1)
        assert.strictEqual((yield* send(shows, { "x-api-key": "ingest-key-of-tests" })).status, 200)
        assert.strictEqual((yield* Queue.take(stored)).sender, "collector")
        // Of one peer the first is told at once, the others by the minute.
        assert.isTrue(logged.some((line) => line.includes("refused by TLS")))
      }))
  }

  it.effect("is judged by the key it sends, and gets no other role than to send", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* send("good", { "x-api-key": "nobody's" })).status, 401)
      assert.strictEqual((yield* send("good", { authorization: "Bearer viewer-key-of-tests" })).status, 403)
      assert.strictEqual((yield* ask(yield* port, "/admin/config", { shows: clients.good })).status, 401)
    }))
})
