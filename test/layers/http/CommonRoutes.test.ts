import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { call, lines, Running, states, threshold } from "./everyProgram.ts"

layer(Running, { excludeTestServices: true })("every program", (it) => {
  it.effect("is alive whatever it stands on", () =>
    Effect.gen(function*() {
      states["redis"] = "down"
      const { body, status } = yield* call("GET", "/healthz")
      states["redis"] = "ok"
      assert.deepStrictEqual([status, body], [200, { status: "alive", service: "mutt-ingestor", version: "9.9.9" }])
    }))

  it.effect("is ready with each check's state and age, and not while a required one is down", () =>
    Effect.gen(function*() {
      const { body, status } = yield* call("GET", "/readyz")
      assert.deepStrictEqual([status, body.status], [200, "ready"])
      assert.deepStrictEqual(Object.keys(body.checks).sort(), ["cache", "postgres", "redis", "secrets", "settings"])
      assert.deepStrictEqual(body.checks.redis, { state: "ok", required: true, age_ms: 3, detail: "redis detail" })
      states["cache"] = "down"
      states["postgres"] = "degraded"
      assert.strictEqual((yield* call("GET", "/readyz")).status, 200)
      states["postgres"] = "down"
      const down = yield* call("GET", "/readyz")
      assert.deepStrictEqual([down.status, down.body.status, down.body.checks.postgres.state], [
        503,
        "not_ready",
        "down"
      ])
      states["cache"] = states["postgres"] = "ok"
    }))

  it.effect("answers /health as the original did", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* call("GET", "/health")).body, {
        status: "healthy",
        service: "mutt-ingestor",
        version: "9.9.9",
        redis: "connected",
        database: "connected"
      })
      states["redis"] = "down"
      const { body, status } = yield* call("GET", "/health")
      states["redis"] = "ok"
      assert.strictEqual(status, 503)
      assert.deepInclude(body, {
        status: "unhealthy",
        redis: "disconnected",
        database: "connected",
        error: "redis down"
      })
    }))

  it.effect("says at / what it is and what it answers", () =>
    Effect.gen(function*() {
      const { body } = yield* call("GET", "/")
      assert.deepInclude(body, { service: "MUTT Ingestor Service", name: "mutt-ingestor", version: "9.9.9" })
      assert.includeMembers(Object.keys(body.endpoints), ["POST /echo", "GET /healthz", "GET /metrics"])
    }))

  it.effect("says with each answer by which version of the settings it was made", () =>
    Effect.gen(function*() {
      for (const path of ["/healthz", "/whoami", "/nothing", "/operators"]) {
        assert.strictEqual((yield* call("GET", path)).headers["x-config-version"], "7", path)
      }
      assert.deepInclude((yield* call("GET", "/readyz")).body.checks.settings, {
        state: "ok",
        age_ms: 12,
        detail: "version 7 from redis"
      })
    }))

  it.effect("shows its settings to those with a key, each what its role may see, and never a secret", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* call("GET", "/admin/config")).status, 401)
      const seen = (key: string) => call("GET", "/admin/config", { "x-api-key": key })
      const sender = yield* seen("ingest-key-of-tests")
      assert.strictEqual(sender.status, 200)
      assert.deepStrictEqual(sender.body.static, { INGEST_MAX_BODY_BYTES: 26_214_400 })
      assert.strictEqual(sender.body.dynamic.moog_rate_limit, 50)
      assert.deepStrictEqual(sender.body.dynamic_config_enabled, true)
      assert.deepInclude(sender.body.config, { version: 7, source: "redis" })
      assert.strictEqual((yield* seen("viewer-key-of-tests")).body.static.DB_HOST, "db.internal")
      assert.notProperty((yield* seen("operator-key-of-tests")).body.secrets, "credentials")
      const admin = yield* seen("admin-key-of-tests")
      assert.deepStrictEqual(admin.body.secrets.credentials, { DB_PASS: { CURRENT: "0a1b2c3d" } })
      assert.notInclude(JSON.stringify(admin.body), "admin-key-of-tests")
    }))

  it.effect("tells a wrong path from a wrong method", () =>
    Effect.gen(function*() {
      const unknown = yield* call("GET", "/nothing?x=1")
      assert.deepStrictEqual([unknown.status, unknown.body._tag], [404, "PathUnknown"])
      const wrong = yield* call("DELETE", "/echo/x")
      assert.deepStrictEqual([wrong.status, wrong.body._tag], [405, "MethodRefused"])
      assert.deepStrictEqual([wrong.headers["allow"], wrong.body.allowed], ["HEAD, GET, OPTIONS", [
        "HEAD",
        "GET",
        "OPTIONS"
      ]])
      assert.strictEqual((yield* call("GET", "/echo")).headers["allow"], "POST, OPTIONS")
      assert.strictEqual((yield* call("HEAD", "/healthz")).status, 200)
      const asked = yield* call("OPTIONS", "/echo")
      assert.deepStrictEqual([asked.status, asked.headers["allow"]], [204, "POST, OPTIONS"])
    }))

  it.effect("answers every error as problem details with the request's id", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<readonly [string, number, string]> = [
        ["/nothing", 404, "PathUnknown"],
        ["/echo", 405, "MethodRefused"],
        ["/operators", 401, "KeyRefused"],
        ["/defect", 500, "Broken"],
        ["/forgotten", 500, "Broken"],
        ["/unavailable", 503, "Unavailable"],
        ["/plain", 409, "Refused"]
      ]
      for (const [path, expected, tag] of cases) {
        const { body, headers, status } = yield* call("GET", path, { "x-correlation-id": "req-7" })
        assert.strictEqual(headers["content-type"], "application/problem+json", path)
        assert.deepInclude(body, { type: "about:blank", status: expected, _tag: tag, correlation_id: "req-7" }, path)
        assert.isString(body.title)
        assert.deepStrictEqual([status, headers["x-correlation-id"]], [expected, "req-7"])
        assert.notInclude(JSON.stringify(body), "hunter2")
      }
      assert.strictEqual((yield* call("GET", "/plain")).body.detail, "No such luck.")
      assert.strictEqual((yield* call("GET", "/unavailable")).headers["retry-after"], "5")
      assert.strictEqual((yield* call("GET", "/operators")).headers["www-authenticate"], "Bearer realm=\"mutt\"")
    }))

  it.effect("keeps a well-formed correlation id and replaces any other", () =>
    Effect.gen(function*() {
      for (const id of ["a", "A-1_b.c", "x".repeat(64)]) {
        const { body, headers } = yield* call("GET", "/whoami", { "x-correlation-id": id })
        assert.deepStrictEqual([headers["x-correlation-id"], body], [id, id])
      }
      const given = new Set<string | undefined>()
      for (const id of ["x".repeat(65), "a b", "a\tb", "{}", "é"]) {
        const { body, headers } = yield* call("GET", "/whoami", { "x-correlation-id": id })
        assert.notStrictEqual(headers["x-correlation-id"], id)
        assert.match(headers["x-correlation-id"] ?? "", /^[A-Za-z0-9._-]{1,64}$/)
        assert.strictEqual(body, headers["x-correlation-id"])
        given.add(body)
      }
      assert.strictEqual(given.size, 5)
    }))

  it.effect("lets only the role pass that a route needs", () =>
    Effect.gen(function*() {
      const as = (key: string) => call("GET", "/operators", { "x-api-key": key })
      assert.strictEqual((yield* as("operator-key-of-tests")).body, "noc")
      assert.strictEqual((yield* as("admin-key-of-tests")).body, "root")
      for (const key of ["viewer-key-of-tests", "ingest-key-of-tests"]) {
        assert.deepStrictEqual([(yield* as(key)).status, (yield* as(key)).body._tag], [403, "RoleRefused"])
      }
    }))

  it.effect("reads no more of a body than it may have", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* call("POST", "/echo", {}, "x".repeat(64))).status, 200)
      const { body, status } = yield* call("POST", "/echo", {}, "x".repeat(65))
      assert.deepStrictEqual([status, body._tag], [413, "BodyTooLarge"])
    }))

  it.effect("lets no browser guess a type or keep an answer", () =>
    Effect.gen(function*() {
      for (const path of ["/healthz", "/nothing", "/defect"]) {
        const { headers } = yield* call("GET", path)
        assert.strictEqual(headers["x-content-type-options"], "nosniff")
        assert.strictEqual(headers["cache-control"], "no-store")
      }
    }))

  it.effect("counts requests by route, so that unknown paths make no new series", () =>
    Effect.gen(function*() {
      const seriesOf = (body: unknown) =>
        String(body).split("\n").filter((line) => line.startsWith("mutt_http_requests_total"))
      // Series of other tests are in the same process.
      const paths = /nothing|two|secret/
      const before = seriesOf((yield* call("GET", "/metrics")).body).filter((line) => paths.test(line))
      yield* call("GET", "/echo/one?secret=1")
      yield* call("GET", "/echo/two")
      yield* call("GET", "/nothing/1")
      yield* call("GET", "/nothing/2")
      const { body, headers } = yield* call("GET", "/metrics")
      const open = yield* call("GET", "/metrics", { accept: "application/openmetrics-text; version=1.0.0" })
      assert.strictEqual(open.headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8")
      assert.match(String(open.body), /^# TYPE mutt_http_requests counter\n(?:.+\n)+# EOF\n$/m)
      assert.deepStrictEqual([headers["vary"], open.headers["vary"]], ["accept", "accept"])
      assert.match(headers["content-type"] ?? "", /^text\/plain; version=0\.0\.4/)
      const series = seriesOf(body)
      assert.isTrue(series.some((line) => line.includes("route=\"/echo/:word\"") && line.includes("status=\"200\"")))
      assert.deepStrictEqual(series.filter((line) => paths.test(line)), before)
      for (
        const name of [
          "mutt_http_request_duration_seconds_bucket",
          "mutt_ready",
          "mutt_check_state",
          "mutt_config_version",
          "mutt_secrets_age_seconds",
          "mutt_auth_failures_total",
          "mutt_build_info"
        ]
      ) assert.match(String(body), new RegExp(`^${name}[{ ]`, "m"), name)
      const declared = String(body).split("\n").filter((line) => line.startsWith("# TYPE")).map((line) =>
        line.split(" ")[2]
      )
      assert.strictEqual(new Set(declared).size, declared.length)
    }))

  it.effect("logs a request at debug, a failure at warn, a defect at error with its cause; of refused keys the first", () =>
    Effect.gen(function*() {
      const during = Effect.fnUntraced(function*(path: string) {
        lines.length = 0
        yield* call("GET", path, { "x-correlation-id": "logged", "x-api-key": "hush" })
        return lines.filter(({ correlationId }) => correlationId === "logged")
      })
      assert.deepStrictEqual(yield* during("/healthz"), [])
      threshold.set("debug")
      const [debug] = yield* during("/healthz")
      assert.deepInclude(debug, { level: "Debug", message: "A request was answered." })
      threshold.set("info")
      // Others were refused before.
      assert.deepStrictEqual(yield* during("/operators"), [])
      assert.deepStrictEqual((yield* during("/unavailable")).map(({ level }) => level), ["Warn"])
      const broken = yield* during("/defect")
      assert.deepStrictEqual(broken.map(({ level }) => level), ["Error", "Warn"])
      assert.include(broken[0]?.text, "hunter2")
      assert.isFalse(lines.some(({ text }) => text.includes("hush")))
    }))
})
