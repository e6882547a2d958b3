import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeCollector } from "../../../../scripts/proofs/telemetry/Collector.ts"
import { exemplarsIn, sumOf } from "../../../../scripts/proofs/telemetry/pages.ts"

const span = { spanId: "b", parentSpanId: "a", startTimeUnixNano: "1", links: [{ spanId: "c" }] }
const body = (...names: ReadonlyArray<string>) =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: names.map((name) => Object.assign({ name }, span)) }] }] })

const tell = (url: string, text: string) =>
  Effect.tryPromise(() => fetch(`${url}/v1/traces`, { method: "POST", body: text })).pipe(
    Effect.map(({ status }) => status)
  )

describe("the collector of the telemetry proof", () => {
  it.live("counts the spans that it takes, and sees what was searched in anything that came", () =>
    Effect.gen(function*() {
      const fine = yield* makeCollector("fine")
      fine.search(["a secret", "another"])
      assert.strictEqual(yield* tell(fine.url, body("ingest", "a secret")), 200)
      assert.strictEqual(fine.spans(), 2)
      assert.deepStrictEqual([...fine.seen], ["a secret"])
    }))

  it.live("takes nothing while it refuses, is slow or away, and all once it is healed", () =>
    Effect.gen(function*() {
      const refusing = yield* makeCollector("refusing")
      assert.strictEqual(yield* tell(refusing.url, body("ingest")), 429)
      const away = yield* makeCollector("away")
      yield* Effect.flip(tell(away.url, body("ingest")))
      const slow = yield* makeCollector("slow")
      assert.isTrue((yield* Effect.timeoutOption(tell(slow.url, body("ingest")), "200 millis"))._tag === "None")
      for (const { heal, spans, url } of [refusing, away, slow]) {
        assert.strictEqual(spans(), 0)
        yield* heal
        assert.strictEqual(yield* tell(url, body("ingest", "decide", "record")), 200)
        assert.strictEqual(spans(), 3)
      }
    }))

  it("adds a metric over programs and series, and counts exemplars", () => {
    const page = `# HELP x_total {a}
x_total{signal="traces",why="full"} 3
x_total{signal="logs"} 5
x_total_more 7
y_bucket{le="1"} 4 # {trace_id="ab",span_id="c"} 0.5
y_count 4`
    assert.strictEqual(sumOf([page, page], "x_total", `signal="traces"`), 6)
    assert.strictEqual(sumOf([page], "y_count"), 4)
    assert.strictEqual(exemplarsIn([page, page]), 2)
  })
})
