import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ask } from "./ask.ts"
import { SettingsWorld, SettingsWorldLayer } from "./settingsHarness.ts"

const path = "/api/v1/host-zones"
const put = (hostname: string, body: unknown, options: object = {}) =>
  ask("PUT", `${path}/${encodeURIComponent(hostname)}?wait=all`, { key: "operator-key-of-tests", body, ...options })

layer(SettingsWorldLayer(), { excludeTestServices: true, timeout: 60_000 })("the API of host zones", (it) => {
  it.effect("sets a zone in every running ingestor, lists it with its version, and takes it away", () =>
    Effect.gen(function*() {
      const { reader } = yield* SettingsWorld
      const ingestors = yield* Effect.all([reader("ingestor", "ingestor-1"), reader("ingestor", "ingestor-2")])
      const set = yield* put("BER-*", { time_zone: "Europe/Berlin", reason: "they write local time" })
      assert.deepInclude(set.body, { message: "Host zone set successfully", version: 1, propagated: true })
      assert.lengthOf(set.body.instances, 4)
      const zones = [{ hostname: "ber-*", time_zone: "Europe/Berlin" }]
      for (const config of ingestors) assert.deepStrictEqual(config.snapshot().hostZones, zones)

      const list = yield* ask("GET", "/api/v2/host-zones", { key: "viewer-key-of-tests" })
      assert.deepStrictEqual(list.body, { host_zones: zones, version: 1 })
      assert.match(list.headers["etag"] ?? "", /^"[0-9a-f]{8}-1"$/)

      const gone = yield* ask("DELETE", `${path}/ber-*?wait=all`, {
        key: "operator-key-of-tests",
        body: { reason: "over" }
      })
      assert.deepInclude(gone.body, { message: "Host zone deleted successfully", version: 2 })
      for (const config of ingestors) assert.deepStrictEqual(config.snapshot().hostZones, [])
      const again = yield* ask("DELETE", `${path}/ber-*`)
      assert.deepStrictEqual([again.status, again.body._tag], [404, "HostNotFound"])
    }))

  it.effect("records who set it and why", () =>
    Effect.gen(function*() {
      yield* put("sw1", { time_zone: "Asia/Tokyo", reason: "moved" })
      const { body } = yield* ask("GET", "/api/v1/audit?limit=1")
      assert.deepInclude(body.logs[0], {
        table_name: "host_zones",
        record_id: "sw1",
        operation: "CREATE",
        changed_by: "operator",
        reason: "moved",
        new_values: { hostname: "sw1", time_zone: "Asia/Tokyo" }
      })
    }))

  it.effect("is no setting: settings neither list nor change the table", () =>
    Effect.gen(function*() {
      yield* put("sw1", { time_zone: "Asia/Tokyo" })
      assert.notProperty((yield* ask("GET", "/api/v1/config")).body.config, "host_zones")
      const set = yield* ask("PUT", "/api/v1/config/host_zones", { body: { value: [] } })
      assert.deepStrictEqual([set.status, set.body._tag], [404, "SettingUnknown"])
    }))

  it.effect("names the wrong field: a zone that there is not, a name that cannot be one", () =>
    Effect.gen(function*() {
      for (const time_zone of ["Berlin", "+02:00", "", 7]) {
        const { body, status } = yield* put("sw1", { time_zone })
        assert.deepStrictEqual([status, body.errors[0].field], [422, "time_zone"], String(time_zone))
      }
      assert.include((yield* put("sw1", { time_zone: "Berlin" })).body.errors[0].message, "IANA")
      const { body, status } = yield* put("two words", { time_zone: "UTC" })
      assert.deepStrictEqual([status, body.errors[0].field], [422, "hostname"])
    }))

  it.effect("refuses who saw an older table, or asks for strictness and saw none", () =>
    Effect.gen(function*() {
      const { headers } = yield* ask("GET", path)
      const seen = { "if-match": headers["etag"] ?? "" }
      assert.strictEqual((yield* put("sw2", { time_zone: "UTC" }, { headers: seen })).status, 200)
      const stale = yield* put("sw2", { time_zone: "Asia/Tokyo" }, { headers: seen })
      assert.deepStrictEqual([stale.status, stale.body._tag], [412, "VersionStale"])
      const strict = yield* put("sw2", { time_zone: "Asia/Tokyo" }, { headers: { prefer: "strict" } })
      assert.deepStrictEqual([strict.status, strict.body._tag], [428, "ConditionMissing"])
    }))

  it.effect("lets viewers read and operators write", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* ask("GET", path, { key: "ingest-key-of-tests" })).status, 403)
      assert.strictEqual((yield* put("sw3", { time_zone: "UTC" }, { key: "viewer-key-of-tests" })).status, 403)
      assert.strictEqual((yield* ask("DELETE", `${path}/sw2`, { key: "viewer-key-of-tests" })).status, 403)
    }))
})
