import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { createSocket } from "node:dgram"
import { gzipSync } from "node:zlib"
import { leastRuntime } from "../../scripts/stack/Tools.ts"
import { Fleet } from "../../src/api/web-ui/Fleet.ts"
import { Flow } from "../../src/api/web-ui/Flow.ts"
import { until } from "../support/eventually.ts"
import { type FourPrograms, fourPrograms } from "../support/fourPrograms.ts"
import { needs } from "../support/needs.ts"
import { request } from "../support/request.ts"

class World extends Context.Service<World, FourPrograms>()("test/acceptance/runtimes/World") {}

const post = (url: string, key: string, body: unknown) =>
  Effect.promise(() =>
    fetch(`${url}/api/v2/ingest`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify(body)
    })
  )

const get = (url: string, key?: string) =>
  Effect.promise(() => fetch(url, key === undefined ? {} : { headers: { "x-api-key": key } }))

const datagram = (port: number, text: string) =>
  Effect.callback<void>((resume) => {
    const socket = createSocket("udp4")
    socket.send(text, port, "127.0.0.1", () => socket.close(() => resume(Effect.void)))
  })

/** The program that all four run on: the pinned one, or the oldest that is supported. */
const programOf = (runtime: "node" | "deno", age: "pinned" | "oldest") =>
  age === "pinned" ? Effect.succeed(undefined) : Effect.orDie(leastRuntime(runtime))

const onEach = (tests: (runtime: "node" | "deno", age: "pinned" | "oldest", name: string) => void): void => {
  for (const [runtime, name] of [["node", "Node.js"], ["deno", "Deno"]] as const) {
    tests(runtime, "pinned", `the pinned ${name}`)
    needs([`the oldest ${name}`], () => tests(runtime, "oldest", `the oldest ${name}`))
  }
}

/** Sources ask more of a runtime than bundles, so the oldest run those. */
const fromOf = { pinned: "bundle", oldest: "sources" } as const

onEach((runtime, age, name) => {
  const programs = Effect.flatMap(
    programOf(runtime, age),
    (runtimeProgram) => fourPrograms({ runtime, runtimeProgram, programsFrom: fromOf[age] })
  )
  layer(Layer.effect(World, programs), { excludeTestServices: true })(`all four programs under ${name}`, (it) => {
    it.effect("carry an event from the sender to the platform and into the record", () =>
      Effect.gen(function*() {
        const { keys, moog, programs } = yield* World
        const message = `%LINEPROTO-5-UPDOWN: Interface Gi0/7 on ${name}, changed state to down`

        const answer = yield* post(programs.ingestor.url, keys.ingest, { hostname: "Core1", message, severity: "err" })
        assert.strictEqual(answer.status, 200)

        const { events } = yield* until(moog.received(), ({ count }) => count > 0)
        assert.deepStrictEqual(events.map(({ description, source }) => [source, description]), [["core1", message]])

        const record = yield* get(`${programs["web-ui"].url}/api/v1/audit-logs?hostname=core1`, keys.viewer)
        assert.strictEqual(record.status, 200)
        assert.include(yield* Effect.promise(() => record.text()), `on ${name}`)
      }))

    it.effect("carry a datagram of a device, too", () =>
      Effect.gen(function*() {
        const { moog, syslog } = yield* World
        const message = `%LINEPROTO-5-UPDOWN: Interface Gi0/8 on ${name}, changed state to down`
        yield* datagram(syslog.udp, `<187>1 2026-11-28T04:00:00Z core2 - - - - ${message}`)
        const { events } = yield* until(moog.received(), ({ count }) => count > 1)
        assert.strictEqual(events.at(-1)?.source, "core2")
      }))

    it.effect("answer an intake request of each shape", () =>
      Effect.gen(function*() {
        const { keys, programs } = yield* World
        const url = `${programs.ingestor.url}/ingest`
        const text = new TextEncoder().encode(JSON.stringify({ hostname: "core3", message: "up" }))
        const packed = new Uint8Array(gzipSync(text))
        const good = { "x-api-key": keys.ingest }
        const shapes: ReadonlyArray<readonly [number, string, Record<string, string>, RequestInit["body"]]> = [
          [200, "PUT", good, text],
          [200, "POST", { ...good, "content-encoding": "gzip" }, packed],
          [200, "POST", good, ReadableStream.from([text.subarray(0, 9), text.subarray(9)])],
          [200, "POST", good, undefined],
          [401, "POST", {}, text],
          [401, "POST", {}, "x".repeat(1_000_000)],
          [413, "POST", good, "x".repeat(27_000_000)],
          [200, "GET", {}, undefined],
          [200, "HEAD", {}, undefined],
          [204, "OPTIONS", {}, undefined],
          [405, "DELETE", {}, undefined]
        ]
        for (const [expected, method, headers, body] of shapes) {
          const init = { method, headers, duplex: "half", ...(body === undefined ? {} : { body }) } as const
          const response = yield* Effect.promise(() => fetch(url, init))
          yield* Effect.promise(() => response.text())
          assert.strictEqual(response.status, expected, `${method} ${JSON.stringify(headers)}`)
        }
      }))

    it.effect("are listed with what each says of itself, and what went through them is seen", () =>
      Effect.gen(function*() {
        const { keys, programs } = yield* World
        const read = <A>(path: string, schema: Schema.Codec<A, A>) =>
          request(`${programs["web-ui"].url}/api/v1/${path}`, { headers: { "x-api-key": keys.viewer } }).pipe(
            Effect.flatMap((answer) => Effect.promise(() => answer.json())),
            Effect.flatMap(Schema.decodeUnknownEffect(schema))
          )
        // What a process did not know at first it says in its next report.
        const { processes } = yield* until(
          read("fleet", Fleet),
          ({ processes }) =>
            processes.filter(({ state }) => state === "ready").length === 4 &&
            processes.some(({ silences_version }) => silences_version !== null)
        )
        assert.deepStrictEqual(processes.map(({ program }) => program), [
          "alerter",
          "ingestor",
          "moog-forwarder",
          "web-ui"
        ])
        for (const { memory_bytes, runtime: on, secrets_stale, settings, started_at } of processes) {
          assert.match(on ?? "", new RegExp(`^${runtime} \\d+\\.`))
          assert.isAbove(memory_bytes ?? 0, 10_000_000)
          assert.deepStrictEqual([secrets_stale, settings?.ok], [false, true])
          assert.isNotNaN(Date.parse(started_at ?? ""))
        }
        const { minutes } = yield* read("flow", Flow)
        assert.isAtLeast(minutes.reduce((sum, { accepted }) => sum + accepted, 0), 2)
        assert.isAtLeast(minutes.reduce((sum, { delivered }) => sum + delivered, 0), 2)
      }))

    it.effect("end with code 0 when they are asked to", () =>
      Effect.gen(function*() {
        const { programs } = yield* World
        const ends = yield* Effect.forEach(Object.values(programs), ({ stop }) => stop, { concurrency: "unbounded" })
        assert.deepStrictEqual(ends.map((end) => end?.code), [0, 0, 0, 0])
      }))
  })
})
