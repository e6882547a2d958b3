import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { defaults } from "../../../src/domain/Settings.ts"
import { ask } from "./ask.ts"
import { SettingsWorld, SettingsWorldLayer } from "./settingsHarness.ts"

const path = "/api/v1/config"
const put = (key: string, body: unknown, headers: Record<string, string> = {}, query = "") =>
  ask("PUT", `${path}/${key}${query}`, { body, headers })
const get = (rest = "") => ask("GET", `${path}${rest}`, { key: "viewer-key-of-tests" })

const etag = (version: number) => Effect.map(get(), ({ body }) => `"${body.epoch.slice(0, 8)}-${version}"`)

const names = (list: ReadonlyArray<{ readonly instance: string }>) => list.map(({ instance }) => instance).sort()

layer(SettingsWorldLayer(), { excludeTestServices: true })("the settings API", (it) => {
  it.effect("lists every setting with value, default, range and description; ETag is the version", () =>
    Effect.gen(function*() {
      const { body, headers, status } = yield* get()
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(body.config, { ...defaults })
      assert.deepStrictEqual([body.version, body.source, headers["etag"]], [0, "ledger", yield* etag(0)])
      const item = body.items.find(({ key }: { key: string }) => key === "moog_rate_limit")
      assert.deepInclude(item, {
        value: 50,
        default: 50,
        is_set: false,
        type: "integer",
        range: "1 to 100000",
        version: 0
      })
      assert.containsAllKeys(item, ["description", "unit", "programs", "changed_by", "changed_at"])
    }))

  it.effect("success: a change is answered with both values, the version, and every living process that runs it", () =>
    Effect.gen(function*() {
      const { reader } = yield* SettingsWorld
      const readers = yield* Effect.all([
        reader("ingestor", "ingestor-1"),
        reader("ingestor", "ingestor-2"),
        reader("moog-forwarder", "forwarder-1"),
        reader("moog-forwarder", "forwarder-2")
      ])
      const { body, headers, status } = yield* put("moog_rate_limit", { value: 70, reason: "a test" }, {}, "?wait=all")
      assert.strictEqual(status, 200)
      assert.deepInclude(body, { key: "moog_rate_limit", old_value: 50, new_value: 70, version: 1, propagated: true })
      assert.notProperty(body, "overwrote")
      assert.strictEqual(headers["etag"], yield* etag(1))
      assert.deepStrictEqual(names(body.instances), [
        "forwarder-1",
        "forwarder-2",
        "ingestor-1",
        "ingestor-2",
        "web-ui-1",
        "web-ui-2"
      ])
      for (const one of body.instances) assert.deepInclude(one, { version: 1, ok: true, reason: null })
      for (const config of readers) assert.strictEqual(config.snapshot().values.moog_rate_limit, 70)
      assert.strictEqual((yield* ask("GET", "/healthz")).headers["x-config-version"], "1")

      const one = yield* get("/moog_rate_limit")
      assert.deepInclude(one.body, { value: 70, is_set: true, version: 1, changed_by: "admin" })
      assert.strictEqual(one.headers["etag"], yield* etag(1))
      const limit = yield* put("max_ingest_queue_size", { value: 5_000 }, {}, "?wait=all")
      assert.lengthOf(limit.body.instances, 6)
      for (const config of readers) assert.strictEqual(config.snapshot().values.max_ingest_queue_size, 5_000)
    }))

  it.effect("does not wait for a process that has ended", () =>
    Effect.gen(function*() {
      const { reader } = yield* SettingsWorld
      yield* Effect.scoped(reader("alerter", "alerter-gone"))
      const { body } = yield* get("/instances")
      assert.notInclude(names(body.instances), "alerter-gone")
      assert.includeMembers(names(body.instances), ["web-ui-1", "web-ui-2"])
    }))

  it.effect("missing value: 400", () =>
    Effect.gen(function*() {
      const missing = yield* put("moog_rate_limit", { reason: "x" })
      assert.deepStrictEqual([missing.status, missing.body._tag], [400, "ValueMissing"])
      assert.strictEqual((yield* put("moog_rate_limit", "{")).status, 400)
    }))

  for (const [name, key] of [["missing key", ""], ["wrong key", "wrong"]] as const) {
    it.effect(`${name}: 401 for whatever is asked, and nothing changes`, () =>
      Effect.gen(function*() {
        const url = `${path}/moog_rate_limit`
        for (const method of ["GET", "PUT", "DELETE"] as const) {
          const { body, status } = yield* ask(method, url, { key, ...(method === "PUT" ? { body: { value: 1 } } : {}) })
          assert.deepStrictEqual([status, body._tag], [401, "KeyRefused"])
        }
        for (const rest of ["", "/history", "/instances"]) {
          assert.strictEqual((yield* ask("GET", path + rest, { key })).status, 401)
        }
        assert.strictEqual((yield* get("/moog_rate_limit")).body.value, 70)
      }))
  }

  it.effect("wrong role: 403 for a change without the key of an admin, and nothing changes", () =>
    Effect.gen(function*() {
      const url = `${path}/moog_rate_limit`
      for (const key of ["ingest-key-of-tests", "viewer-key-of-tests", "operator-key-of-tests"]) {
        const { body, status } = yield* ask("PUT", url, { key, body: { value: 1 } })
        assert.deepStrictEqual([status, body._tag], [403, "RoleRefused"])
        assert.strictEqual((yield* ask("DELETE", url, { key })).status, 403)
        assert.strictEqual((yield* ask("POST", `${path}/rollback`, { key, body: { version: 0 } })).status, 403)
        assert.strictEqual((yield* ask("PUT", path, { key, body: { config: {} } })).status, 403)
      }
      assert.strictEqual((yield* ask("GET", url, { key: "ingest-key-of-tests" })).status, 403)
      assert.strictEqual((yield* get("/moog_rate_limit")).body.value, 70)
    }))

  it.effect("invalid key: 404 for an unknown setting, with the nearest name", () =>
    Effect.gen(function*() {
      for (
        const answer of [
          yield* put("moog_rate_limt", { value: 1 }),
          yield* get("/moog_rate_limt"),
          yield* ask("DELETE", `${path}/moog_rate_limt`),
          yield* ask("PUT", path, { body: { config: { moog_rate_limt: 1 } } })
        ]
      ) {
        assert.deepStrictEqual([answer.status, answer.body._tag, answer.body.nearest], [
          404,
          "SettingUnknown",
          "moog_rate_limit"
        ])
      }
      const version = yield* ask("POST", `${path}/rollback`, { body: { version: 999 } })
      assert.deepStrictEqual([version.status, version.body._tag], [404, "VersionUnknown"])
    }))

  it.effect("bad value: 422 for what is out of range, says the range, and changes nothing", () =>
    Effect.gen(function*() {
      const { body: before } = yield* get()
      for (const value of [0, -1, 100_001, 1.5, "70", "", null, true, [70], {}]) {
        const { body, status } = yield* put("moog_rate_limit", { value })
        assert.strictEqual(status, 422, JSON.stringify(value))
        assert.include(body.detail, "1 to 100000")
        assert.strictEqual(body.errors[0].field, "moog_rate_limit")
      }
      assert.include((yield* put("alerter_queue_warn_threshold", { value: 200_000 })).body.detail, "must not be above")
      assert.include((yield* put("log_level", { value: "loud" })).body.detail, "debug | info | warn | error")
      assert.strictEqual((yield* get()).body.version, before.version)
    }))

  it.effect("412 for a stale If-Match, 428 when strictness is wanted without one", () =>
    Effect.gen(function*() {
      const etag = (yield* get("/moog_rate_limit")).headers["etag"] ?? ""
      const first = yield* put("moog_rate_limit", { value: 71 }, { "if-match": etag, prefer: "strict" })
      assert.strictEqual(first.status, 200)
      assert.notProperty(first.body, "overwrote")
      for (const stale of [etag, `W/${etag}`, "\"0\"", "\"of something else\""]) {
        const { body, status } = yield* put("moog_rate_limit", { value: 72 }, { "if-match": stale })
        assert.deepStrictEqual([status, body._tag, body.version], [412, "VersionStale", first.body.version], stale)
      }
      const { body: { epoch, version } } = yield* get()
      const elsewhere = epoch.startsWith("0000") ? "11111111" : "00000000"
      for (const before of [`"${elsewhere}-${version}"`, `"${epoch.slice(0, 8)}-${version + 1}"`, `"${version + 1}"`]) {
        const { body, status } = yield* put("moog_rate_limit", { value: 72 }, { "if-match": before })
        assert.deepStrictEqual([status, body._tag], [412, "VersionStale"], before)
      }
      const alone = [["log_level", "info", `"${version}"`], ["metrics_cache_ttl", 5, String(version)]] as const
      for (const [key, value, seen] of alone) {
        assert.strictEqual((yield* put(key, { value }, { "if-match": seen })).status, 200, seen)
      }
      const whole = (yield* get()).headers["etag"] ?? ""
      const second = yield* put("moog_rate_limit", { value: 73 }, { "if-match": whole })
      assert.strictEqual(second.status, 200)
      for (
        const answer of [
          yield* put("moog_rate_limit", { value: 74 }, { prefer: "strict" }),
          yield* ask("DELETE", `${path}/moog_rate_limit`, { headers: { prefer: "strict" } })
        ]
      ) assert.deepStrictEqual([answer.status, answer.body._tag], [428, "ConditionMissing"])
      const loose = yield* put("moog_rate_limit", { value: 75 })
      assert.deepStrictEqual([loose.status, loose.body.overwrote], [200, second.body.version])
      assert.strictEqual((yield* put("moog_rate_limit", { value: 76 }, { "if-match": "*" })).status, 200)
    }))

  it.effect("changes once however often it is asked with one Idempotency-Key; 422 for another request", () =>
    Effect.gen(function*() {
      const headers = { "idempotency-key": "once" }
      const first = yield* put("moog_rate_limit", { value: 80 }, headers)
      const again = yield* put("moog_rate_limit", { value: 80 }, headers)
      assert.deepStrictEqual([again.status, again.body, again.headers["etag"], again.headers["idempotency-replayed"]], [
        200,
        first.body,
        first.headers["etag"],
        "true"
      ])
      const other = yield* put("moog_rate_limit", { value: 81 }, headers)
      assert.deepStrictEqual([other.status, other.body._tag], [422, "IdempotencyConflict"])
      const both = {
        body: { config: { moog_rate_limit: 82, log_level: "warn" } },
        headers: { "idempotency-key": "two" }
      }
      const applied = yield* ask("PUT", path, both)
      const repeated = yield* ask("PUT", path, both)
      assert.deepStrictEqual([repeated.body.version, repeated.body.changes], [
        applied.body.version,
        applied.body.changes
      ])
      assert.strictEqual((yield* get()).body.version, applied.body.version)
      assert.strictEqual(
        (yield* put("moog_rate_limit", { value: 1 }, { "idempotency-key": "x".repeat(129) })).status,
        422
      )
    }))

  it.effect("puts a setting back to its default, with or without a body", () =>
    Effect.gen(function*() {
      const { body, status } = yield* ask("DELETE", `${path}/log_level`)
      assert.deepStrictEqual([status, body.old_value, body.new_value], [200, "warn", "info"])
      const again = yield* ask("DELETE", `${path}/log_level`, { body: { reason: "again" } })
      assert.strictEqual(again.status, 200)
      assert.deepInclude((yield* get("/log_level")).body, { value: "info", is_set: false })
    }))

  it.effect("applies several as one version, or none of them; a dry run only compares", () =>
    Effect.gen(function*() {
      const { body: before } = yield* get()
      const config = {
        unhandled_threshold: 9,
        circuit_breaker_threshold: 4,
        moog_rate_limit: before.config.moog_rate_limit
      }
      const changes = [
        { key: "unhandled_threshold", old_value: 100, new_value: 9 },
        { key: "circuit_breaker_threshold", old_value: 10, new_value: 4 }
      ]
      const dry = yield* ask("PUT", path, { body: { config, dry_run: true } })
      assert.deepStrictEqual([dry.status, dry.body.dry_run, dry.body.version], [200, true, before.version])
      assert.sameDeepMembers(dry.body.changes, changes)
      assert.strictEqual((yield* get()).body.version, before.version)
      const bad = yield* ask("PUT", path, { body: { config: { ...config, log_level: "loud", moog_rate_period: 0 } } })
      assert.deepStrictEqual([bad.status, bad.body.errors.map(({ field }: { field: string }) => field)], [
        422,
        ["log_level", "moog_rate_period"]
      ])
      const done = yield* ask("PUT", path, { body: { config, reason: "both" } })
      assert.strictEqual(done.body.version, before.version + 1)
      assert.sameDeepMembers(done.body.changes, changes)
      const nothing = yield* ask("PUT", path, { body: { config } })
      assert.deepStrictEqual([nothing.body.changes, nothing.body.version], [[], before.version + 1])
      const stale = yield* ask("PUT", path, {
        body: { config: { unhandled_threshold: 10 } },
        headers: { "if-match": `"${before.version}"` }
      })
      assert.strictEqual(stale.status, 412)
    }))

  it.effect("shows a version whole, and what a rollback or a default would change, and changes nothing", () =>
    Effect.gen(function*() {
      const { body: before } = yield* get()
      assert.deepStrictEqual((yield* get("/versions/1")).body.config, { ...defaults, moog_rate_limit: 70 })
      const { version } = before
      const { body: rollback } = yield* ask("POST", `${path}/rollback`, { body: { version: 1, dry_run: true } })
      assert.deepStrictEqual([rollback.version, rollback.changes.length > 0], [version, true])
      const { body: unset } = yield* ask("DELETE", `${path}/moog_rate_limit`, { body: { dry_run: true } })
      assert.deepInclude(unset, { dry_run: true, new_value: 50, version })
      assert.deepStrictEqual((yield* get()).body, before)
    }))

  it.effect("rolls back by a new version with the values of an old one", () =>
    Effect.gen(function*() {
      const { body: before } = yield* get()
      const { body, status } = yield* ask("POST", `${path}/rollback`, { body: { version: 1, reason: "too fast" } })
      assert.deepStrictEqual([status, body.version], [200, before.version + 1])
      const { body: after } = yield* get()
      assert.deepStrictEqual(after.config, { ...defaults, moog_rate_limit: 70 })
      const { body: { history } } = yield* get("/history?limit=200")
      assert.isTrue(history.some(({ version }: { version: number }) => version === before.version))
    }))

  it.effect("tells who changed what, when and why, from which value to which, by page, newest first", () =>
    Effect.gen(function*() {
      yield* put("moog_rate_limit", { value: 90, reason: "night shift" }, { "x-correlation-id": "corr-90" })
      const { body } = yield* get("/history?key=moog_rate_limit&limit=2")
      assert.deepInclude(body.history[0], {
        key: "moog_rate_limit",
        old_value: 70,
        new_value: 90,
        changed_by: "admin",
        reason: "night shift",
        correlation_id: "corr-90"
      })
      assert.match(body.history[0].changed_at, /^\d{4}-\d\d-\d\dT/)
      const { limit, page, pages, total } = body.pagination
      assert.deepStrictEqual([page, limit, pages], [1, 2, Math.ceil(total / 2)])
      const last = yield* get(`/history?key=moog_rate_limit&limit=2&page=${pages}`)
      assert.deepInclude(last.body.history.at(-1), { version: 1, old_value: 50, new_value: 70 })
      const earlier = yield* get(`/history?key=moog_rate_limit&to=${body.history[0].changed_at}`)
      assert.strictEqual(earlier.body.pagination.total, total - 1)
      for (const wrong of ["page=0", "limit=201", "limit=x", "page=-1", "from=yesterday"]) {
        assert.strictEqual((yield* get(`/history?${wrong}`)).status, 422, wrong)
      }
    }))
})
