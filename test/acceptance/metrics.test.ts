import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { until } from "../support/eventually.ts"
import { fourPrograms } from "../support/fourPrograms.ts"
import { needs } from "../support/needs.ts"
import { type Family, parseMetrics } from "../support/parseMetrics.ts"
import { request } from "../support/request.ts"

const scrape = (url: string, accept: string) =>
  Effect.flatMap(
    request(`${url}/metrics`, { headers: { accept } }),
    (answer) => Effect.promise(async () => ({ type: answer.headers.get("content-type"), text: await answer.text() }))
  )

const openMetrics = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

const everywhere = [
  "process_cpu_seconds",
  "process_resident_memory_bytes",
  "process_start_time_seconds",
  "nodejs_eventloop_lag_seconds",
  "mutt_http_requests",
  "mutt_redis_script_seconds"
]
const wanted = {
  ingestor: [...everywhere, "mutt_ingest_latency_seconds"],
  alerter: [
    ...everywhere,
    "mutt_alerter_event_delay_seconds",
    "mutt_db_write_seconds",
    "mutt_postgres_pool_wait_seconds"
  ],
  "moog-forwarder": [...everywhere, "mutt_moog_delivery_delay_breaker_closed_seconds"],
  "web-ui": [
    ...everywhere,
    "mutt_books_difference",
    "mutt_books_events",
    "mutt_config_rollout_seconds",
    "mutt_postgres_database_bytes",
    "mutt_postgres_disk_full",
    "mutt_postgres_pool_connections",
    "mutt_redis_append_only_bytes",
    "mutt_redis_disk_failing",
    "mutt_redis_memory_used_ratio",
    "mutt_webui_db_query_seconds"
  ]
} as const
const names = ["ingestor", "alerter", "moog-forwarder", "web-ui"] as const

const valueOf = (families: ReadonlyArray<Family>, name: string, labels: Readonly<Record<string, string>>) =>
  Number(
    families.flatMap(({ samples }) => samples).find((sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
    )?.value
  )

needs(["metricsParser"], () => {
  it.live("each program's metrics are read by Prometheus's own parsers, in both formats, and say the same", () =>
    Effect.gen(function*() {
      const { keys, programs } = yield* fourPrograms()
      const post = (url: string, key: string, body: unknown, method = "POST") =>
        request(url, {
          method,
          headers: { "content-type": "application/json", "x-api-key": key },
          body: JSON.stringify(body)
        })
      const events = Array.from({ length: 20 }, (_, index) => ({
        hostname: `switch-${index}`,
        message: "Link down on ge-0/0/1",
        syslog_severity: 2
      }))
      yield* post(`${programs.ingestor.url}/api/v2/ingest`, keys.ingest, events)
      yield* post(`${programs["web-ui"].url}/api/v1/config/log_level`, keys.admin, { value: "warn" }, "PUT")
      yield* request(`${programs["web-ui"].url}/api/v1/rules`, { headers: { "x-api-key": keys.viewer } })
      const settled = (text: string) =>
        (/^mutt_alerter_event_delay_seconds_count (\d+)$/m.exec(text)?.[1] ?? "0") === "20"
      yield* until(scrape(programs.alerter.url, "*/*"), ({ text }) => settled(text))
      yield* until(
        scrape(programs["web-ui"].url, "*/*"),
        ({ text }) =>
          /^mutt_config_rollout_seconds_count 1$/m.test(text) &&
          text.includes("mutt_books_difference{line=\"events\"} 0")
      )

      for (const name of names) {
        const { url } = programs[name]
        const old = yield* scrape(url, "text/plain")
        const open = yield* scrape(url, openMetrics)
        assert.strictEqual(old.type, "text/plain; version=0.0.4; charset=utf-8")
        assert.strictEqual(open.type, "application/openmetrics-text; version=1.0.0; charset=utf-8")
        assert.match(open.text, /# EOF\n$/)
        const families = yield* parseMetrics(open.text, "openmetrics")
        const before = yield* parseMetrics(old.text, "prometheus")
        assert.deepStrictEqual(families.map((family) => family.name), before.map((family) => family.name))
        assert.includeMembers(families.map((family) => family.name), [...wanted[name]])
        assert.deepStrictEqual(families.filter(({ help, type }) => help === "" || type === "unknown"), [])
        assert.isAbove(valueOf(families, "process_resident_memory_bytes", {}), 1_000_000)
        assert.closeTo(valueOf(families, "process_start_time_seconds", {}), Date.now() / 1_000, 600)
        if (name === "web-ui") {
          assert.strictEqual(valueOf(families, "mutt_config_rollout_seconds_bucket", { le: "5.0" }), 1)
          const pool = ["in_use", "idle", "unopened"].map((state) =>
            valueOf(families, "mutt_postgres_pool_connections", { state })
          )
          assert.isAtLeast(pool.reduce((sum, part) => sum + part, 0), 1)
          assert.strictEqual(valueOf(families, "mutt_redis_disk_failing", { what: "append" }), 0)
          assert.isAbove(valueOf(families, "mutt_postgres_database_bytes", {}), 1_000_000)
        }
      }
    }))
})
