import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Queue } from "effect"
import { HttpBody, HttpClient, HttpClientRequest } from "effect/http"
import { gzipSync } from "node:zlib"
import { TrapTable } from "../../../layers/config/TrapTable.ts"
import { CommandedQueue, Ingestor } from "./harness.ts"

const post = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) => {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body
  const { "content-type": type = "application/json", ...rest } = headers
  const request = HttpClientRequest.post("/api/v2/ingest").pipe(
    HttpClientRequest.setHeaders({ "x-api-key": "ingest-key-of-tests", ...rest }),
    HttpClientRequest.setBody(HttpBody.uint8Array(bytes, type))
  )
  return Effect.flatMap(
    HttpClient.execute(request),
    (response) => Effect.map(response.text, (text) => ({ status: response.status, body: JSON.parse(text) }))
  )
}
const metrics = Effect.flatMap(HttpClient.get("/metrics"), (response) => response.text)
const stored = (count: number) => CommandedQueue.use(({ stored }) => Queue.takeN(stored, count))
const quarantined = (count: number) => CommandedQueue.use(({ quarantined }) => Queue.takeN(quarantined, count))
const record = (hostname: string, message = "m") => JSON.stringify({ hostname, message })

/** Names that no table has; a name that makes the table fail stands for a fault of ours. */
class FailingTable extends Map<string, string> {
  override get(name: string): string | undefined {
    if (name.includes("faultyName")) throw new RangeError("out of stack")
    return undefined
  }
}

const World = Ingestor({ maxRecords: 100_000, maxBodyBytes: 26_214_400, maxWaitingBytes: 104_857_600 }).pipe(
  Layer.provide(Layer.succeed(TrapTable, new FailingTable()))
)

layer(World, { excludeTestServices: true })("decoding", (it) => {
  it.effect("answers a small request while a large one is decoded", () =>
    Effect.gen(function*() {
      const order: Array<string> = []
      const large = `${record("large", "x".repeat(200))}\n`.repeat(90_000)
      const first = yield* post(large).pipe(
        Effect.tap(Effect.sync(() => order.push("large"))),
        Effect.forkChild
      )
      const small = Effect.tap(post(record("small")), Effect.sync(() => order.push("small")))
      for (let i = 0; i < 20 && !order.includes("large"); i++) yield* small
      const { body, status } = yield* Fiber.join(first)
      assert.strictEqual(status, 200)
      assert.strictEqual(body.accepted, 90_000)
      assert.isAbove(order.indexOf("large"), 1)
      yield* stored(90_000 + order.length - 1)
    }))

  it.effect("takes the good records of a batch with one that is nested without end", () =>
    Effect.gen(function*() {
      const value = `${"[".repeat(6_000)}${"]".repeat(6_000)}`
      const deep = `{"hostname":"sw1","source":"snmp","variables":[{"oid":"1.3","value":${value}}]}`
      const { body, status } = yield* post(`${record("sw1")}\n${deep}\n${record("sw1")}`)
      assert.strictEqual(status, 200)
      assert.deepStrictEqual([body.accepted, body.quarantined], [2, 1])
      yield* stored(2)
      assert.strictEqual((yield* quarantined(1))[0]?.reason, "too_deep")
    }))

  it.effect("keeps a packed body of repeated labels within ten times its size", () =>
    Effect.gen(function*() {
      const values = Array.from({ length: 250 }, () => ["1", "a"])
      const body = JSON.stringify({ streams: [{ stream: { host: "sw1", long: "A".repeat(30_000) }, values }] })
      const answer = yield* post(gzipSync(body), { "content-encoding": "gzip" })
      assert.strictEqual(answer.status, 200)
      const queue = yield* CommandedQueue
      const [eventBatch] = queue.calls.at(-1) ?? []
      const bytes = [...eventBatch?.events ?? [], ...eventBatch?.quarantined ?? []].reduce(
        (sum, text) => sum + JSON.stringify(text).length,
        0
      )
      assert.isAtMost(bytes, 10 * body.length)
      yield* stored(answer.body.accepted)
      yield* quarantined(answer.body.quarantined)
    }))

  it.effect("quarantines the record that makes a decoder throw, and counts it", () =>
    Effect.gen(function*() {
      const faulty = JSON.stringify({ hostname: "sw1", message: "m", trap_oid: "faultyName" })
      const { body, status } = yield* post(`${record("sw1")}\n${faulty}\n${record("sw1")}`)
      assert.strictEqual(status, 200)
      assert.deepStrictEqual([body.accepted, body.quarantined], [2, 1])
      const [refused] = yield* quarantined(1)
      assert.strictEqual(refused?.reason, "decoder_failed")
      assert.strictEqual(refused?.raw, faulty)
      const trap = "<UNKNOWN>\nUDP: [192.0.2.7]:1->[10.0.0.1]:162\n.1.3.6.1.6.3.1.1.4.1.0 MIB::faultyName\n"
      assert.strictEqual((yield* post(trap, { "content-type": "text/x-snmptrapd" })).body.quarantined, 1)
      yield* quarantined(1)
      yield* stored(2)
      const page = yield* metrics
      assert.match(page, /mutt_ingest_decoder_failures_total\{door="http"\} 1/)
      assert.match(page, /mutt_ingest_decoder_failures_total\{door="trap"\} 1/)
      assert.match(page, /mutt_ingest_decoder_failures_total\{door="udp"\} 0/)
    }))
})
