import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Queue } from "effect"
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { until } from "../support/eventually.ts"
import { type FourPrograms, fourPrograms } from "../support/fourPrograms.ts"
import { otlpReceiver, type ReceivedSpan } from "../support/otlpReceiver.ts"

const minute = 60_000
const word = (name: string) => `${name}-${randomBytes(8).toString("hex")}`

/** Posts an event that a sample rule forwards, in a message that no telemetry may hold. */
const post = ({ keys, programs }: FourPrograms, hostname: string, headers: Readonly<Record<string, string>>) =>
  Effect.promise(async () => {
    const answer = await fetch(`${programs.ingestor.url}/api/v2/ingest`, {
      method: "POST",
      headers: { "x-api-key": keys.ingest, "content-type": "application/json", ...headers },
      body: JSON.stringify({
        hostname,
        message: `LINK-DOWN: ${word("hushed-text")} password=${word("hushed-password")}`
      })
    })
    assert.strictEqual(answer.status, 200)
  })

/** Of each program one that the event went into. */
const histograms = [
  ["ingestor", "mutt_ingest_latency_seconds_bucket"],
  ["alerter", "mutt_alerter_event_delay_seconds_bucket"],
  ["moog-forwarder", "mutt_moog_delivery_delay_seconds_bucket"]
] as const

const openMetrics = (url: string) =>
  Effect.promise(async () => {
    const answer = await fetch(`${url}/metrics`, { headers: { accept: "application/openmetrics-text; version=1.0.0" } })
    return answer.text()
  })

const ids = { trace: "4bf92f3577b34da6a3ce929d0e0e4736", span: "00f067aa0ba902b7" }
const traceparent = (flags: string, trace = ids.trace) => `00-${trace}-${ids.span}-${flags}`

describe("the trace of an event", () => {
  it.live(
    "goes from the sender through all programs to the platform, which its log lines name",
    () =>
      Effect.gen(function*() {
        const collector = yield* otlpReceiver()
        const stack = yield* fourPrograms({
          settings: {
            LOG_LEVEL: "debug",
            MUTT_OTEL_MODE: "all",
            OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
            OTEL_EXPORTER_OTLP_HEADERS: "x-token=hushed-collector",
            OTEL_TRACES_SAMPLER_ARG: "0",
            OTEL_BSP_SCHEDULE_DELAY: "50"
          }
        })
        yield* post(stack, "core1", { traceparent: traceparent("01"), "x-correlation-id": "req-told" })
        yield* post(stack, "core2", { traceparent: traceparent("00", "a".repeat(32)) })
        yield* post(stack, "core3", { traceparent: "not one" })
        const posts = yield* until(stack.moog.posts, (all) => all.length === 3)
        yield* until(Effect.sync(() => collector.spans.length), (spans) => spans >= 5)
        // One click leads from a slow bucket of a histogram to the trace of an event in it.
        for (const [name, histogram] of histograms) {
          const page = yield* until(openMetrics(stack.programs[name].url), (text) => text.includes(ids.trace))
          const told = page.split("\n").filter((line) => line.includes("trace_id="))
          assert.isTrue(told.some((line) => line.startsWith(`${histogram}{`)), `${name}: ${told.join("\n")}`)
          for (const line of told) assert.include(line, `# {trace_id="${ids.trace}"} `)
        }
        // What they still hold they tell as they end.
        yield* Effect.forEach(Object.values(stack.programs), ({ stop }) => stop, { concurrency: 4 })

        assert.deepStrictEqual(collector.faults, [])
        const named = (name: string): ReceivedSpan =>
          collector.spans.find((span) => span.name === name) ?? assert.fail(`no span ${name}`)
        const [ingest, append, decide, record, deliver] = ["ingest", "queue append", "decide", "record", "deliver"].map(
          named
        ) as [ReceivedSpan, ReceivedSpan, ReceivedSpan, ReceivedSpan, ReceivedSpan]
        assert.lengthOf(collector.spans, 5)
        assert.deepStrictEqual([...new Set(collector.spans.map(({ traceId }) => traceId))], [ids.trace])
        assert.deepStrictEqual(
          [ingest, append, decide, record, deliver].map(({ kind, parentSpanId, resource }) => [
            kind,
            parentSpanId,
            resource["service.name"]
          ]),
          [
            ["server", ids.span, "mutt-ingestor"],
            ["producer", ingest.spanId, "mutt-ingestor"],
            ["consumer", append.spanId, "mutt-alerter"],
            ["client", decide.spanId, "mutt-alerter"],
            ["client", decide.spanId, "mutt-moog-forwarder"]
          ]
        )
        for (const { endTimeUnixNano, startTimeUnixNano } of collector.spans) {
          assert.approximately(Number(startTimeUnixNano) / 1e6, Date.now(), minute)
          assert.isAtLeast(Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)), 0)
        }
        assert.deepStrictEqual(record.links, [{ traceId: ids.trace, spanId: decide.spanId }])
        assert.deepInclude(ingest.attributes, {
          "http.request.method": "POST",
          "http.route": "/api/v2/ingest",
          "http.response.status_code": "200"
        })
        assert.deepInclude(decide.attributes, { "messaging.operation.type": "process", "mutt.outcome": "forwarded" })
        assert.deepInclude(record.attributes, { "db.system.name": "postgresql", "db.operation.batch.size": "1" })
        assert.deepInclude(deliver.attributes, { "server.address": "127.0.0.1", "http.response.status_code": "200" })

        // The platform can go on with it; of what is not told it hears nothing.
        assert.deepStrictEqual(
          posts.map((one) => one.traceparent).sort(),
          [`00-${ids.trace}-${deliver.spanId}-01`, undefined, undefined]
        )

        const lines = (name: keyof FourPrograms["programs"]) =>
          readFileSync(stack.programs[name].log, "utf8").trim().split("\n").map((line) => JSON.parse(line))
        const about = (name: keyof FourPrograms["programs"], message: string) =>
          lines(name).filter((line) => line.message === message).map(({ correlationId, span_id, trace_id }) => ({
            told: correlationId === "req-told",
            span_id,
            trace_id
          })).sort((a, b) => Number(b.told) - Number(a.told))
        const untold = { told: false, span_id: undefined, trace_id: undefined }
        assert.deepStrictEqual(about("ingestor", "A request was answered.").slice(0, 2), [
          { told: true, span_id: ingest.spanId, trace_id: ids.trace },
          untold
        ])
        assert.deepStrictEqual(about("moog-forwarder", "An alert was delivered."), [
          { told: true, span_id: deliver.spanId, trace_id: ids.trace },
          untold,
          untold
        ])
        // Log lines and metrics are told too.
        const shipped = collector.logs.find(({ body }) => body.stringValue === "An alert was delivered.")
        assert.deepInclude(
          collector.logs.find(({ body, traceId }) =>
            traceId !== undefined && body.stringValue === "An alert was delivered."
          ),
          { traceId: ids.trace, spanId: deliver.spanId, severityText: "DEBUG" }
        )
        assert.strictEqual(shipped?.resource["service.name"], "mutt-moog-forwarder")
        const told = collector.bodies.join()
        assert.include(told, "mutt_ingest_requests_total")

        assert.isTrue(collector.headers.every((headers) => headers["x-token"] === "hushed-collector"))
        const logs = Object.values(stack.programs).map(({ log }) => readFileSync(log, "utf8")).join()
        for (const secret of ["hushed", ...Object.values(stack.keys), ...Object.values(stack.secrets)]) {
          if (secret !== stack.postgres.user) assert.notInclude(told + logs, secret)
        }
      }),
    minute
  )

  it.live(
    "costs nothing but itself: with collectors away, silent or busy events flow and programs end",
    () =>
      Effect.gen(function*() {
        const [silent, busy] = yield* Effect.all([otlpReceiver(), otlpReceiver()])
        silent.answer = () => undefined
        busy.answer = () => 429
        const stack = yield* fourPrograms({
          settings: {
            OTEL_ENABLED: "true",
            // Nobody listens there.
            OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
            OTEL_TRACES_SAMPLER: "always_on",
            OTEL_BSP_SCHEDULE_DELAY: "50"
          },
          settingsOf: (instance) =>
            Effect.succeed<Record<string, string>>(
              instance === "alerter-1"
                ? { OTEL_EXPORTER_OTLP_ENDPOINT: silent.url }
                : instance === "moog-forwarder-1"
                ? { OTEL_EXPORTER_OTLP_ENDPOINT: busy.url }
                : {}
            )
        })
        const hosts = ["core1", "core2", "core3"]
        for (const host of hosts) yield* post(stack, host, {})
        yield* until(stack.moog.posts, (all) => all.length === hosts.length)
        yield* Queue.take(silent.requests)
        yield* Queue.take(busy.requests)
        const names = ["ingestor", "alerter", "moog-forwarder"] as const
        for (const name of names) {
          const [took] = yield* Effect.timed(stack.programs[name].stop)
          // Three seconds for the collector, and what the end takes anyway on a busy machine.
          assert.isBelow(Duration.toMillis(took), 8_000)
        }
        const lost = (name: typeof names[number]) =>
          readFileSync(stack.programs[name].log, "utf8").trim().split("\n").map((line) => JSON.parse(line)).reduce(
            (sum, { annotations, message }) =>
              message === "The collector did not get all telemetry." ? sum + annotations.dropped : sum,
            0
          )
        assert.strictEqual(lost("ingestor"), 2 * hosts.length)
        // One for each event, and one for each batch.
        assert.isAtLeast(lost("alerter"), hosts.length + 1)
        assert.isAtMost(lost("alerter"), 2 * hosts.length)
        assert.strictEqual(lost("moog-forwarder"), hosts.length)
        assert.lengthOf([...silent.spans, ...busy.spans], 0)
      }),
    minute
  )
})
