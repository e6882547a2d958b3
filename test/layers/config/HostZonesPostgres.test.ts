import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { ConfigStore } from "../../../layers/config/ConfigStore.ts"
import { ConfigStorePostgres } from "../../../layers/config/ConfigStorePostgres.ts"
import { HostZones } from "../../../layers/config/HostZones.ts"
import { HostZonesPostgres } from "../../../layers/config/HostZonesPostgres.ts"
import { migratedDatabase, Owner } from "../database.ts"

const World = (version: 15 | 18) =>
  Layer.merge(HostZonesPostgres, ConfigStorePostgres).pipe(
    Layer.provideMerge(ConfigAuditPostgres),
    Layer.provideMerge(migratedDatabase(version))
  )

const request = { actor: "operator", reason: "a test", correlationId: "c-1" }
const set = (hostname: string, time_zone: string, more: object = {}) =>
  HostZones.use((it) => it.set({ hostname, time_zone }, { ...request, ...more }))
const remove = (hostname: string, more: object = {}) =>
  HostZones.use((it) => it.remove(hostname, { ...request, ...more }))
const links = ConfigAudit.use((audit) => audit.search({ limit: 10, table: "host_zones" }))

for (const version of [15, 18] as const) {
  layer(World(version), { excludeTestServices: true, timeout: "60 seconds" })(
    `host zones in PostgreSQL ${version}`,
    (it) => {
      it.effect("are none at first, and then by name, in lower case", () =>
        Effect.gen(function*() {
          const first = yield* HostZones.use((it) => it.state)
          assert.deepStrictEqual([first.version, first.zones], [0, []])
          yield* set("NYC-*", "America/New_York")
          const { epoch, version, zones } = yield* set("ber-*", "Europe/Berlin")
          assert.deepStrictEqual([epoch, version], [first.epoch, 2])
          assert.deepStrictEqual(zones.map(({ hostname }) => hostname), ["ber-*", "nyc-*"])
          assert.deepStrictEqual(yield* HostZones.use((it) => it.state), { epoch, version, zones })
        }))

      it.effect("are audited one by one, and told to every process, in the transaction of the change", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* set("sw1", "UTC")
          yield* set("sw1", "Asia/Tokyo")
          yield* remove("SW1")
          const [gone, changed, made] = (yield* links).rows
          const zone = (time_zone: string) => ({ hostname: "sw1", time_zone })
          assert.deepInclude(made, { operation: "CREATE", key: "sw1", before: null, after: zone("UTC") })
          assert.deepInclude(changed, {
            operation: "UPDATE",
            before: zone("UTC"),
            after: zone("Asia/Tokyo"),
            actor: "operator",
            reason: "a test",
            correlationId: "c-1"
          })
          assert.deepInclude(gone, { operation: "DELETE", before: zone("Asia/Tokyo"), after: null })
          const [row] = yield* sql`SELECT count(*)::int AS versions FROM config_outbox`
          assert.deepStrictEqual(row, { versions: (yield* HostZones.use((it) => it.state)).version })
        }))

      it.effect("make no version of what is so already, and know no host that has none", () =>
        Effect.gen(function*() {
          const before = yield* HostZones.use((it) => it.state)
          assert.deepStrictEqual(yield* set("ber-*", "Europe/Berlin"), before)
          assert.deepInclude(yield* Effect.flip(remove("nobody")), { _tag: "HostNotFound", status: 404 })
          assert.deepStrictEqual(yield* HostZones.use((it) => it.state), before)
        }))

      it.effect("are refused to who saw an older table, whatever became of the settings meanwhile", () =>
        Effect.gen(function*() {
          const { version: seen } = yield* HostZones.use((it) => it.state)
          yield* ConfigStore.use((it) => it.change(new Map([["moog_rate_limit", 7]]), request))
          const { version } = yield* set("ber-*", "Europe/Vienna", { ifVersion: seen })
          const stale = yield* Effect.flip(set("ber-*", "Europe/Paris", { ifVersion: seen }))
          assert.deepInclude(stale, {
            _tag: "VersionStale",
            version,
            detail: `It is at version ${version} now; you saw ${seen}.`
          })
          const foreign = yield* Effect.flip(remove("ber-*", { ifVersion: version, ifEpoch: "00000000" }))
          assert.strictEqual(foreign._tag, "VersionStale")
        }))

      it.effect("stay as they are when settings are rolled back", () =>
        Effect.gen(function*() {
          const before = yield* HostZones.use((it) => it.state)
          yield* ConfigStore.use((it) => it.rollback(0, request))
          assert.deepStrictEqual((yield* HostZones.use((it) => it.state)).zones, before.zones)
        }))

      it.effect("lose none of two that are set at the same time", () =>
        Effect.gen(function*() {
          const names = Array.from({ length: 10 }, (_, n) => `at-once-${n}`)
          yield* Effect.forEach(names, (name) => set(name, "UTC"), { concurrency: "unbounded", discard: true })
          const { zones } = yield* HostZones.use((it) => it.state)
          assert.includeMembers(zones.map(({ hostname }) => hostname), names)
        }))

      it.effect("are 1,000 at most", () =>
        Effect.gen(function*() {
          const owner = yield* Owner
          const full = Array.from({ length: 1_000 }, (_, n) => ({ hostname: `h${n}`, time_zone: "UTC" }))
          yield* owner`UPDATE config_settings SET value = ${JSON.stringify(full)}::text::jsonb WHERE key = 'host_zones'`
          assert.deepInclude(yield* Effect.flip(set("one-more", "UTC")), { _tag: "HostZonesFull", most: 1_000 })
          assert.lengthOf((yield* set("h7", "Asia/Tokyo")).zones, 1_000)
        }))
    }
  )
}
