import { assert, it } from "@effect/vitest"
import { Effect, Exit, Layer, Logger, Metric, Queue, Scope } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { DecodeReport } from "../../../layers/queue/DecodeReport.ts"
import { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { DecodeReporter, DecodeReporterLayer } from "../../../services/ingestor/DecodeReporter.ts"
import type { MisreadHost } from "../../../src/domain/DecodeReport.ts"
import { DecodeReportMemory } from "../../layers/queue/DecodeReportMemory.ts"
import { CommandedQueue, Ingestor } from "./harness.ts"

const misread = (hostname: string, at = 0, raw = "<13>*") =>
  ({ hostname, peer: "192.0.2.1", what: ["clock_not_set"], at, raw }) as const

const known = Effect.gen(function*() {
  const hosts = yield* (yield* DecodeReport).hosts
  return hosts.map(({ counts, hostname }) => [hostname, counts.clock_not_set])
})

it.effect("hands over what was misread every few seconds, added up by host", () =>
  Effect.gen(function*() {
    yield* TestClock.setTime(1_000)
    const { note } = yield* DecodeReporter
    for (const hostname of ["sw1", "sw2", "sw1"]) note(misread(hostname))
    assert.deepStrictEqual(yield* known, [])
    yield* TestClock.adjust("5 seconds")
    assert.deepStrictEqual(yield* known, [["sw1", 2], ["sw2", 1]])
    note(misread("sw2", 2_000, "x".repeat(5_000)))
    yield* TestClock.adjust("5 seconds")
    assert.deepStrictEqual(yield* known, [["sw2", 2], ["sw1", 2]])
    assert.lengthOf((yield* (yield* DecodeReport).hosts)[0]?.sample ?? "", 1_024)
  }).pipe(Effect.provide(DecodeReporterLayer.pipe(Layer.provideMerge(DecodeReportMemory)))))

it.effect("counts and says what Redis did not take, and goes on with what comes after", () => {
  const given: Array<ReadonlyArray<MisreadHost>> = []
  const lines: Array<unknown> = []
  let away = true
  const Flaky = Layer.mock(DecodeReport, {
    add: (hosts) =>
      Effect.suspend(() => {
        given.push(hosts)
        return away ? Effect.fail(new QueueUnavailable({ operation: "add", detail: "away" })) : Effect.void
      })
  })
  return Effect.gen(function*() {
    const { note } = yield* DecodeReporter
    note(misread("sw1"))
    yield* TestClock.adjust("5 seconds")
    const counted = (yield* Metric.snapshot).filter(({ attributes, id }) =>
      id === "mutt_dropped_errors_total" && attributes?.["where"] === "decode-report"
    )
    assert.lengthOf(counted, 1)
    assert.include(String(lines[0]), "was not taken by Redis")
    away = false
    note(misread("sw2"))
    yield* TestClock.adjust("5 seconds")
    yield* TestClock.adjust("5 seconds")
    assert.deepStrictEqual(given.map((hosts) => hosts.map(({ hostname }) => hostname)), [["sw1"], ["sw2"]])
  }).pipe(
    Effect.provide(DecodeReporterLayer.pipe(Layer.provide(Flaky))),
    Effect.provide(Layer.merge(
      Layer.sync(Metric.MetricRegistry, () => new Map()),
      Logger.layer([Logger.make(({ message }) => void lines.push(message))])
    ))
  )
})

it.live("counts what was stored in part and reports its host; the last of it as the program ends", () =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(Ingestor(), scope)
    const { metrics, report } = yield* Effect.gen(function*() {
      const post = (body: string) =>
        HttpClientRequest.post("/api/v2/ingest").pipe(
          HttpClientRequest.setHeader("x-api-key", "ingest-key-of-tests"),
          HttpClientRequest.bodyText(body, "application/json"),
          HttpClient.execute
        )
      const queue = yield* CommandedQueue
      const record = (time: string) =>
        JSON.stringify({ hostname: "SW1", message: "m", timestamp: time, source_ip: "192.0.2.7" })
      queue.mood = "full"
      yield* post(record("refused"))
      queue.mood = "accepts"
      yield* post(`${record("yesterday")}\n${record("2026-08-22T10:00:00Z")}\nno JSON`)
      yield* post(`[${record("soon")}]`)
      yield* Queue.takeN(queue.stored, 3)
      const metrics = yield* Effect.flatMap(HttpClient.get("/metrics"), (response) => response.text)
      return { metrics, report: yield* DecodeReport }
    }).pipe(Effect.provideContext(context))
    assert.match(metrics, /^mutt_ingest_decode_partial_total\{what="time_unread"[^}]*\} 2$/m)
    assert.match(metrics, /^mutt_ingest_decode_partial_total\{what="uptime"[^}]*\} 0$/m)
    assert.notMatch(metrics, /mutt_ingest_decode_partial_total\{what="not_json"/)
    yield* Scope.close(scope, Exit.void)
    const hosts = new Map((yield* report.hosts).map((host) => [host.hostname, host]))
    const { counts, peer, sample } = hosts.get("sw1") ?? {}
    assert.deepStrictEqual([counts, peer], [{ time_unread: 2 }, "192.0.2.7"])
    assert.include(sample, "soon")
    const unread = [...hosts.values()].find(({ hostname }) => hostname !== "sw1")
    assert.deepStrictEqual([unread?.counts, unread?.sample], [{ not_json: 1 }, "no JSON"])
    assert.match(unread?.hostname ?? "", /127\.0\.0\.1/)
  }))
