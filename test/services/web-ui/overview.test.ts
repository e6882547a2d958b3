import { assert, describe, it as test, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { balanced } from "../../../services/web-ui/overview/balanced.ts"
import { metricsOf } from "../../../services/web-ui/overview/IngestRates.ts"
import { programsOf } from "../../../services/web-ui/WebUiSettings.ts"
import { Authenticated } from "../../../src/api/shared/Access.ts"
import { idempotentClient } from "../../../src/api/shared/idempotentClient.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { call, page, running, Stores } from "./harness.ts"

layer(running(Stores), { excludeTestServices: true })("the overview", (it) => {
  it.effect("gives rates in the original's shape, minutes without events counted as zero", () =>
    Effect.gen(function*() {
      const { body } = yield* call("GET", "/api/v1/metrics", { key: "viewer-key-of-tests" })
      assert.deepStrictEqual(body.summary, { current_rate_1m: 90, avg_rate_15m: 8, avg_rate_1h: 2.02 })
      assert.strictEqual(body.chart_24h.labels.length, 24)
      assert.deepStrictEqual([body.chart_24h.labels[0], body.chart_24h.labels[23]], ["11:00", "10:00"])
      assert.deepStrictEqual([body.chart_24h.data[0], body.chart_24h.data[23]], [0, 23])
    }))

  it.effect("says whether the books balance", () =>
    Effect.gen(function*() {
      const { body } = yield* call("GET", "/api/v1/books")
      assert.strictEqual(body.balanced, true)
      assert.deepInclude(body.events, { accepted: 100, waiting: 6, difference: 0 })
      assert.deepInclude(body.alerts, { from_events: 40, meta: 2, delivered: 35, difference: 0 })
      assert.deepInclude(body.quarantine, { received: 3, held: 3, difference: 0 })
      assert.isFalse(balanced({ ...page, delivered: page.delivered - 1 }).balanced)
      assert.strictEqual(balanced({ ...page, accepted: page.accepted + 2 }).events.difference, 2)
    }))

  it.effect("shows a program that does not answer as unreachable", () =>
    Effect.gen(function*() {
      const { body } = yield* call("GET", "/api/v1/status")
      assert.deepStrictEqual(body.programs, [{
        program: "alerter",
        url: "http://127.0.0.1:1",
        state: "unreachable",
        version: null,
        instance: null,
        checks: {}
      }])
    }))

  it.effect("lists the settings in force with what they mean", () =>
    Effect.gen(function*() {
      const { body } = yield* call("GET", "/api/v1/config")
      assert.strictEqual(body.version, 7)
      assert.strictEqual(body.config.moog_rate_limit, 50)
      const item = body.items.find(({ key }: { key: string }) => key === "moog_rate_limit")
      assert.deepInclude(item, { value: 50, default: 50, range: "1 to 100000" })
    }))

  it.effect("keeps dead letters until somebody decides, and says who did", () =>
    Effect.gen(function*() {
      const list = yield* call("GET", "/api/v1/dead-letters/events?limit=2")
      assert.deepStrictEqual(list.body.dead_letters.map(({ id }: { id: string }) => id), ["3-0", "2-0"])
      assert.deepStrictEqual([list.body.count, list.body.pagination.next_before], [3, "2-0"])
      const rest = yield* call("GET", "/api/v1/dead-letters/events?before=2-0")
      assert.deepStrictEqual(rest.body.dead_letters.map(({ id }: { id: string }) => id), ["1-0"])
      assert.notProperty(rest.body.pagination, "next_before")
      const options = { key: "operator-key-of-tests", headers: { "x-correlation-id": "dl" } }
      const replay = yield* call("POST", "/api/v1/dead-letters/events/replay", {
        ...options,
        body: { ids: ["1-0", "9-9"], reason: "fixed" }
      })
      assert.deepStrictEqual(replay.body, { replayed: ["1-0"], missing: ["9-9"] })
      const discard = yield* call("POST", "/api/v2/dead-letters/events/discard", { ...options, body: { ids: ["2-0"] } })
      assert.deepStrictEqual(discard.body, { discarded: ["2-0"], missing: [] })
      assert.deepStrictEqual((yield* call("GET", "/api/v1/dead-letters")).body.counts, {
        events: 1,
        alerts: 0,
        quarantine: 0
      })
      const { body: { logs } } = yield* call("GET", "/api/v1/audit?correlation_id=dl")
      assert.deepStrictEqual(
        logs.map((
          { changed_by, new_values, record_id }: Record<string, unknown>
        ) => [changed_by, record_id, new_values]),
        [
          ["noc", "events", { action: "discard", phase: "done", ids: ["2-0"], missing: [] }],
          ["noc", "events", { action: "discard", phase: "intent", ids: ["2-0"] }],
          ["noc", "events", { action: "replay", phase: "done", ids: ["1-0"], missing: ["9-9"] }],
          ["noc", "events", { action: "replay", phase: "intent", ids: ["1-0", "9-9"] }]
        ]
      )
    }))

  it.effect("knows three queues, and wants to be told which", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* call("GET", "/api/v1/dead-letters/lost")).status, 404)
      for (const body of [{}, { ids: [] }, { ids: "1-0" }]) {
        const { body: answer, status } = yield* call("POST", "/api/v1/dead-letters/events/discard", { body })
        assert.deepStrictEqual([status, answer.errors[0].field], [422, "ids"])
      }
    }))

  it.effect("answers the same under both versions, and says which it speaks", () =>
    Effect.gen(function*() {
      for (const path of ["rules", "dev-hosts", "teams", "audit-logs", "config-audit", "metrics", "version", "books"]) {
        const [one, two] = yield* Effect.all([call("GET", `/api/v1/${path}`), call("GET", `/api/v2/${path}`)])
        assert.deepStrictEqual([one.status, one.body], [two.status, two.body], path)
      }
      const { headers } = yield* call("GET", "/api/v1/rules")
      assert.strictEqual(headers["x-api-version"], "3.0")
      assert.strictEqual(headers["x-api-supported-versions"], "3.0, 2.5, 2.0, 1.0")
      const asked = yield* call("GET", "/api/v1/nothing", { headers: { "accept-version": "2.5" } })
      assert.deepStrictEqual([asked.status, asked.headers["x-api-version"]], [404, "2.5"])
    }))

  it.effect("describes every path of both versions, with its errors, and no path it does not answer", () =>
    Effect.gen(function*() {
      const { body } = yield* call("GET", "/openapi.json", { key: "" })
      const paths = Object.keys(body.paths)
      const v1 = paths.filter((path) => path.startsWith("/api/v1/")).map((path) => path.slice(7)).sort()
      const v2 = paths.filter((path) => path.startsWith("/api/v2/")).map((path) => path.slice(7)).sort()
      assert.deepStrictEqual(v1, v2)
      assert.include(v1, "/rules/{id}")
      const ids = paths.flatMap((path) =>
        Object.values<{ operationId: string }>(body.paths[path]).map(({ operationId }) => operationId)
      )
      assert.strictEqual(new Set(ids).size, ids.length)
      assert.containsAllKeys(body.paths["/api/v2/rules"].post.responses, ["201", "400", "401", "403", "422", "503"])
      for (const path of paths.filter((path) => !path.includes("{"))) {
        const method = Object.keys(body.paths[path])[0] === "post" ? "POST" : "GET"
        const answer = yield* call(method, path, method === "POST" ? { body: {} } : {})
        // There is no Prometheus here, and it says so.
        assert.include(path.endsWith("/slo") ? [404] : [200, 422], answer.status, path)
      }
    }))

  it.effect("serves the reference without any other server", () =>
    Effect.gen(function*() {
      const { body, headers } = yield* call("GET", "/docs", { key: "" })
      const policy = headers["content-security-policy"] ?? ""
      assert.match(policy, /default-src 'none'.*script-src 'sha256-/)
      assert.notMatch(policy, /https?:/)
      assert.notMatch(String(body), /<script[^>]+src=|<link[^>]+href="http/)
    }))

  it.effect("says at / what it answers to who accepts JSON alone, as every program does", () =>
    Effect.gen(function*() {
      const asking = (accept: string) => call("GET", "/", { key: "", headers: { accept } })
      const { body, headers } = yield* asking("application/json")
      assert.strictEqual(body.name, "mutt-webui")
      assert.containsAllKeys(body.endpoints, ["GET /openapi.json", "GET /docs", "GET /healthz", "GET /admin/config"])
      assert.strictEqual(headers["vary"], "accept")
    }))

  it.effect("can be spoken to by a typed client", () =>
    Effect.gen(function*() {
      const client = yield* HttpApiClient.make(WebUiApi)
      const made = yield* client.rules.create({
        headers: {},
        payload: { ...input, match_type: "contains", match_string: "typed" }
      })
      assert.strictEqual((yield* client.rules.byId({ params: { id: made.id } })).match_string, "typed")
      const missing = yield* Effect.flip(client.rules.byId({ params: { id: 999_999 } }))
      assert.strictEqual(missing._tag, "RuleNotFound")
    }).pipe(Effect.provide([keyed, once])))
})

const once = idempotentClient({ newKey: Effect.succeed("typed-1"), onUnknown: Effect.void })

const keyed = HttpApiMiddleware.layerClient(
  Authenticated,
  ({ next, request }) => next(HttpClientRequest.setHeader(request, "x-api-key", "operator-key-of-tests"))
)

const input = {
  match_type: "contains",
  match_string: null,
  trap_oid: null,
  syslog_severity: null,
  priority: 1,
  prod_handling: "Ignore",
  dev_handling: "Ignore",
  team_assignment: "T",
  is_active: true
} as const

describe("rates", () => {
  test("count the minute under way and the part of the oldest that is still within the window", () => {
    const { summary } = metricsOf({
      minutes: [...Array.from({ length: 58 }, () => 0), 100, 10],
      hours: [],
      at: Date.UTC(2026, 0, 1, 0, 0, 15)
    })
    assert.deepStrictEqual(summary.current_rate_1m, 10 + 75)
  })

  test("label the last 24 hours across midnight", () => {
    const { chart_24h: { labels } } = metricsOf({
      minutes: [],
      hours: Array.from({ length: 24 }, () => 0),
      at: Date.UTC(2026, 0, 1, 1, 59, 59)
    })
    assert.deepStrictEqual(labels.slice(-3), ["23:00", "00:00", "01:00"])
  })
})

describe("the addresses of programs", () => {
  test("may name a program several times", () => {
    assert.deepStrictEqual(programsOf("alerter=http://a:1/, alerter=https://b"), [
      { program: "alerter", url: "http://a:1" },
      { program: "alerter", url: "https://b" }
    ])
  })

  test("say what is wrong without repeating a password", () => {
    for (
      const wrong of ["http://a", "oracle=http://a", "alerter=ftp://a", "alerter=nowhere", "alerter=http://u:hush@a"]
    ) {
      const problem = programsOf(wrong)
      assert.isString(problem, wrong)
      assert.notInclude(problem, "hush")
    }
  })
})
