import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { asking } from "../../../scripts/proofs/config/wholeStack.ts"
import { until } from "../../support/eventually.ts"
import { fourPrograms } from "../../support/fourPrograms.ts"

const minute = 60_000

it.live(
  "one request changes the intake limit and the delivery rate of all replicas, while they run",
  () =>
    Effect.gen(function*() {
      const { another, keys, moog, programs } = yield* fourPrograms()
      const [ingestor, forwarder] = yield* Effect.all([another("ingestor"), another("moog-forwarder")], {
        concurrency: 2
      })
      const { url } = programs["web-ui"]
      const apply = (config: object) =>
        asking(keys.admin)("PUT", `${url}/api/v1/config?wait=all&timeout=10000`, { config })
      const post = (to: string, count: number) =>
        asking(keys.ingest)(
          "POST",
          `${to}/api/v2/ingest`,
          Array.from({ length: count }, (_, n) => ({ hostname: `core${n}`, message: "LINK-DOWN" }))
        )
      const books = asking(keys.viewer)("GET", `${url}/api/v1/books`)
      const received = Effect.map(moog.received(), ({ events }) => events.length)

      const strict = yield* apply({
        ingest_max_rate: 10,
        ingest_rate_window: 3_600,
        moog_rate_limit: 1,
        moog_rate_period: 3_600
      })
      assert.deepStrictEqual([strict.status, strict.body.propagated], [200, true])
      const names = ["alerter-1", "ingestor-1", "ingestor-2", "moog-forwarder-1", "moog-forwarder-3", "web-ui-1"]
      assert.deepStrictEqual(strict.body.instances.map(({ instance }: { instance: string }) => instance), names)
      for (const one of strict.body.instances) {
        assert.deepInclude(one, { version: strict.body.version, ok: true, reason: null })
      }
      for (const one of [programs.ingestor, ingestor, programs["moog-forwarder"], forwarder]) {
        const { body } = yield* asking(keys.viewer)("GET", `${one.url}/admin/config`)
        assert.deepInclude(body.dynamic, { ingest_max_rate: 10, moog_rate_limit: 1 })
      }

      assert.strictEqual((yield* post(ingestor.url, 10)).status, 200)
      for (const one of [programs.ingestor, ingestor]) assert.strictEqual((yield* post(one.url, 10)).status, 503)
      // One of the ten goes, and the others wait for an hour.
      yield* until(received, (count) => count === 1)
      yield* until(books, ({ body }) => JSON.stringify(body).includes("\"waiting\":9"))
      assert.strictEqual(yield* received, 1)

      const wide = yield* apply({
        ingest_max_rate: null,
        ingest_rate_window: null,
        moog_rate_limit: 1_000,
        moog_rate_period: 1
      })
      assert.lengthOf(wide.body.instances, names.length)
      yield* until(received, (count) => count === 10)
      for (const one of [programs.ingestor, ingestor]) assert.strictEqual((yield* post(one.url, 10)).status, 200)
    }),
  minute
)
