import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { forgetExemplars, offerExemplar } from "../../../layers/telemetry/exemplars.ts"
import { latencyHistogram } from "../../../layers/telemetry/latencyHistogram.ts"
import { type MetricsFormat, metricsText } from "../../../layers/telemetry/metricsText.ts"
import { needs } from "../../support/needs.ts"
import { parseMetrics } from "../../support/parseMetrics.ts"

const written = (format: MetricsFormat) =>
  Effect.map(Effect.context<never>(), (context) => metricsText(context, format))

/** Each test has a registry of its own. */
const alone = <A, E>(test: Effect.Effect<A, E>) => Effect.provideService(test, Metric.MetricRegistry, new Map())

const hostile = "a\"b\\c\nd{}=,# é 🚨"
const requests = Metric.counter("mutt_test_requests_total", {
  description: `Says "no" \\ and\nmore.`,
  incremental: true
})
const lag = Metric.gauge("mutt_test_lag_seconds", { description: "Lag." })
const delay = latencyHistogram("mutt_test_delay_seconds", { description: "Delay.", boundaries: [0.25, 1, 60] })
const traceId = "0af7651916cd43dd8448eb211c80319c"

const fill = Effect.gen(function*() {
  yield* Metric.update(Metric.withAttributes(requests, { reason: hostile, status: "b" }), 2)
  yield* Metric.update(Metric.withAttributes(requests, { reason: "", status: "a" }), 1)
  yield* Metric.update(lag, Number.NaN)
  yield* Metric.update(Metric.withAttributes(lag, { node: "up" }), Infinity)
  yield* Metric.update(Metric.withAttributes(lag, { node: "down" }), -Infinity)
  for (const value of [0.25, 0.5, 61]) yield* Metric.update(delay, value)
})

describe("the text of metrics", () => {
  it.effect("is Prometheus 0.0.4, families by name and series by labels", () =>
    alone(Effect.gen(function*() {
      yield* fill
      const text = yield* written("prometheus")
      assert.strictEqual(
        text,
        String.raw`# HELP mutt_test_delay_seconds Delay.
# TYPE mutt_test_delay_seconds histogram
mutt_test_delay_seconds_bucket{le="0.25"} 1
mutt_test_delay_seconds_bucket{le="1.0"} 2
mutt_test_delay_seconds_bucket{le="60.0"} 2
mutt_test_delay_seconds_bucket{le="+Inf"} 3
mutt_test_delay_seconds_sum 61.75
mutt_test_delay_seconds_count 3
# HELP mutt_test_lag_seconds Lag.
# TYPE mutt_test_lag_seconds gauge
mutt_test_lag_seconds NaN
mutt_test_lag_seconds{node="down"} -Inf
mutt_test_lag_seconds{node="up"} +Inf
# HELP mutt_test_requests_total Says "no" \\ and\nmore.
# TYPE mutt_test_requests_total counter
mutt_test_requests_total{reason="",status="a"} 1
mutt_test_requests_total{reason="a\"b\\c\nd{}=,# é 🚨",status="b"} 2
`
      )
      assert.strictEqual(yield* written("prometheus"), text)
    })))

  it.effect("is the same whatever was counted first", () =>
    Effect.gen(function*() {
      const all = [
        Metric.update(lag, 1),
        Metric.update(Metric.withAttributes(requests, { status: "b" }), 1),
        Metric.update(Metric.withAttributes(requests, { status: "a" }), 1)
      ]
      const text = (updates: typeof all) => alone(Effect.andThen(Effect.all(updates), written("openmetrics")))
      assert.strictEqual(yield* text(all), yield* text(all.toReversed()))
    }))

  it.effect("is nothing but an end without metrics", () =>
    alone(Effect.gen(function*() {
      assert.strictEqual(yield* written("prometheus"), "")
      assert.strictEqual(yield* written("openmetrics"), "# EOF\n")
    })))

  it.effect("names counters without their suffix in OpenMetrics, has units, and ends", () =>
    alone(Effect.gen(function*() {
      yield* fill
      const text = yield* written("openmetrics")
      assert.include(
        text,
        String.raw`# HELP mutt_test_requests Says \"no\" \\ and\nmore.
# TYPE mutt_test_requests counter
mutt_test_requests_total{reason="",status="a"} 1
`
      )
      assert.include(text, "# TYPE mutt_test_delay_seconds histogram\n# UNIT mutt_test_delay_seconds seconds\n")
      assert.match(text, /\n# EOF\n$/)
    })))
})

needs(["metricsParser"], () => {
  describe("Prometheus's own parsers", () => {
    for (const format of ["prometheus", "openmetrics"] as const) {
      it.effect(`read back what was counted from ${format}, whatever labels and help hold`, () =>
        alone(Effect.gen(function*() {
          yield* fill
          const families = yield* parseMetrics(yield* written(format), format)
          assert.deepStrictEqual(
            families.map(({ name, type, unit }) => [name, type, unit]),
            [
              ["mutt_test_delay_seconds", "histogram", format === "openmetrics" ? "seconds" : ""],
              ["mutt_test_lag_seconds", "gauge", format === "openmetrics" ? "seconds" : ""],
              ["mutt_test_requests", "counter", ""]
            ]
          )
          const [, gauges, counters] = families
          assert.strictEqual(counters?.help, `Says "no" \\ and\nmore.`)
          assert.deepStrictEqual(counters?.samples.map(({ labels, value }) => [labels.reason, value]), [
            ["", "1.0"],
            [hostile, "2.0"]
          ])
          assert.deepStrictEqual(gauges?.samples.map(({ value }) => value), ["nan", "-inf", "inf"])
        })))
    }

    it.effect("find an exemplar in its bucket, the newest, in OpenMetrics alone", () =>
      alone(Effect.gen(function*() {
        yield* fill
        const other = traceId.replaceAll("0", "1")
        offerExemplar(delay, 0.3, other)
        offerExemplar(delay, 1, traceId, 1_700_000_000_123)
        offerExemplar(delay, 61, traceId)
        // What is no trace is not shown, and what nobody declared has no buckets.
        offerExemplar(delay, 0.1, "\"} 1\n# EOF")
        offerExemplar(delay, Number.NaN, traceId)
        offerExemplar(lag, 1, traceId)
        const open = yield* written("openmetrics")
        const old = yield* written("prometheus")
        forgetExemplars()
        const [family] = yield* parseMetrics(open, "openmetrics")
        assert.deepStrictEqual(
          family?.samples.filter(({ exemplar }) => exemplar !== null).map(({ exemplar, labels }) => [
            labels.le,
            exemplar?.labels.trace_id,
            exemplar?.value
          ]),
          [["1.0", traceId, "1.0"], ["+Inf", traceId, "61.0"]]
        )
        assert.include(open, `le="1.0"} 2 # {trace_id="${traceId}"} 1 1700000000.123\n`)
        assert.notInclude(old, "trace_id")
        assert.notInclude(yield* written("openmetrics"), "trace_id")
      })))
  })
})
