import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAudit, ConfigAuditFailed } from "../../../layers/audit/ConfigAudit.ts"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { ConfigStore } from "../../../layers/config/ConfigStore.ts"
import { ConfigStorePostgres } from "../../../layers/config/ConfigStorePostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"

const ledger = (version: number) =>
  ConfigStorePostgres.pipe(Layer.provideMerge(ConfigAuditPostgres), Layer.provideMerge(migratedDatabase(version)))

const request = { actor: "admin", reason: "a test", correlationId: "c-1" }
const set = (key: string, value: number | string | undefined, more: object = {}) =>
  ConfigStore.use((it) => it.change(new Map([[key, value]]), { ...request, ...more }))
const state = (key: string) =>
  ConfigStore.use((it) => it.state).pipe(
    Effect.map(({ settings, version }) => ({ version, ...settings.find((one) => one.key === key) }))
  )
const links = ConfigAudit.use((audit) => audit.search({ limit: 200, table: "dynamic_config" }))

onEachPostgres((version) => {
  layer(ledger(version), { excludeTestServices: true })(
    `ledger in PostgreSQL ${version}`,
    (it) => {
      it.effect("begins with every setting at its default and version 0", () =>
        Effect.gen(function*() {
          const { settings, version } = yield* ConfigStore.use((it) => it.state)
          assert.strictEqual(version, 0)
          assert.isTrue(settings.length > 10 && settings.every(({ isSet, version }) => !isSet && version === 0))
        }))

      it.effect("keeps a change, its revision, its link of the chain and the order to tell everybody", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const changed = yield* set("moog_rate_limit", 70)
          assert.deepInclude(changed.revisions[0], { key: "moog_rate_limit", oldValue: 50, newValue: 70, version: 1 })
          assert.deepInclude(yield* state("moog_rate_limit"), {
            value: 70,
            isSet: true,
            version: 1,
            changedBy: "admin"
          })
          assert.deepInclude((yield* links).rows[0], {
            operation: "CREATE",
            key: "moog_rate_limit",
            before: { value: 50, version: 0 },
            after: { value: 70, version: 1 },
            reason: "a test"
          })
          assert.deepStrictEqual(yield* sql`SELECT version::int AS version FROM config_outbox`, [{ version: 1 }])
        }))

      it.effect("refuses an unknown name with the nearest known one, and a value out of range with the range", () =>
        Effect.gen(function*() {
          const unknown = yield* Effect.flip(set("moog_rate_limt", 1))
          assert.deepInclude(unknown, { _tag: "SettingUnknown", nearest: "moog_rate_limit" })
          for (const value of [0, 1.5, -1, 100_001, "5", Number.NaN]) {
            const refused = yield* Effect.flip(set("moog_rate_limit", value))
            assert.strictEqual(refused._tag, "Invalid")
          }
          assert.strictEqual((yield* state("moog_rate_limit")).version, 1)
        }))

      it.effect("refuses to keep events for less than the owner of the database wants", () =>
        Effect.gen(function*() {
          const refused = yield* Effect.flip(set("event_retention_days", 29))
          assert.strictEqual(refused._tag, "Invalid")
          assert.include("detail" in refused ? refused.detail : "", "Is 30 at least")
        }))

      it.effect("refuses values that break a rule between settings, and takes them when they are changed together", () =>
        Effect.gen(function*() {
          const refused = yield* Effect.flip(set("alerter_queue_warn_threshold", 200_000))
          assert.strictEqual(refused._tag, "Invalid")
          const both = new Map([["alerter_queue_warn_threshold", 200_000], ["alerter_queue_shed_threshold", 300_000]])
          const changed = yield* ConfigStore.use((it) => it.change(both, request))
          assert.strictEqual(changed.version, 2)
          assert.lengthOf(changed.revisions, 2)
        }))

      it.effect("refuses a change of what is newer than the caller saw, and says what it overwrote otherwise", () =>
        Effect.gen(function*() {
          yield* set("moog_rate_limit", 80)
          const stale = yield* Effect.flip(set("moog_rate_limit", 90, { ifVersion: 1 }))
          assert.deepInclude(stale, {
            _tag: "VersionStale",
            version: 3,
            detail: "It is at version 3 now; you saw 1."
          })
          assert.strictEqual((yield* set("moog_rate_limit", 90, { ifVersion: 3 })).overwrote, undefined)
          assert.strictEqual((yield* set("moog_rate_limit", 91)).overwrote, 4)
        }))

      it.effect("goes back to the default", () =>
        Effect.gen(function*() {
          yield* set("moog_rate_limit", undefined)
          assert.deepInclude(yield* state("moog_rate_limit"), { value: 50, isSet: false })
          assert.strictEqual((yield* links).rows[0]?.operation, "DELETE")
        }))

      it.effect("rolls back by a new version that has the old values", () =>
        Effect.gen(function*() {
          const before = yield* ConfigStore.use((it) => it.state)
          const rolled = yield* ConfigStore.use((it) => it.rollback(1, request))
          assert.strictEqual(rolled.version, before.version + 1)
          assert.deepInclude(yield* state("moog_rate_limit"), { value: 70 })
          assert.deepInclude(yield* state("alerter_queue_warn_threshold"), { isSet: false })
          const unknown = yield* Effect.flip(ConfigStore.use((it) => it.rollback(9_999, request)))
          assert.strictEqual(unknown._tag, "VersionUnknown")
        }))

      it.effect("knows all that was set at a version, and who made it", () =>
        Effect.gen(function*() {
          const { valuesAt } = yield* ConfigStore
          const first = yield* valuesAt(1)
          assert.deepStrictEqual([...first.set], [["moog_rate_limit", 70]])
          assert.deepInclude(first.revision, { version: 1, changedBy: "admin", reason: "a test" })
          const none = yield* valuesAt(0)
          assert.deepStrictEqual([none.set.size, none.revision], [0, undefined])
          for (const wrong of [-1, 1_000]) {
            assert.strictEqual((yield* Effect.flip(valuesAt(wrong)))._tag, "VersionUnknown")
          }
        }))

      it.effect("says what would change, and changes nothing", () =>
        Effect.gen(function*() {
          const { change, history, rollback, state } = yield* ConfigStore
          const before = yield* Effect.all([state, links, history({ page: 1, limit: 200 })])
          const [{ version }] = before
          const tried = yield* change(new Map([["moog_rate_limit", 71]]), { ...request, dryRun: true })
          assert.strictEqual(tried.version, version)
          assert.deepInclude(tried.revisions[0], { key: "moog_rate_limit", newValue: 71 })
          assert.notStrictEqual((yield* rollback(0, { ...request, dryRun: true })).revisions.length, 0)
          const wrong = change(new Map([["moog_rate_limit", 0]]), { ...request, dryRun: true })
          assert.strictEqual((yield* Effect.flip(wrong))._tag, "Invalid")
          assert.deepStrictEqual(yield* Effect.all([state, links, history({ page: 1, limit: 200 })]), before)
        }))

      it.effect("leaves alone what is so already, when only differences are wanted", () =>
        Effect.gen(function*() {
          const before = yield* ConfigStore.use((it) => it.state)
          const values = (limit: number) => new Map([["moog_rate_limit", limit], ["unhandled_threshold", 100]])
          const differing = { ...request, onlyDifferences: true }
          const same = yield* ConfigStore.use((it) =>
            it.change(new Map([["moog_rate_limit", 70], ["log_level", undefined]]), differing)
          )
          assert.deepStrictEqual([same.version, same.revisions], [before.version, []])
          const changed = yield* ConfigStore.use((it) => it.change(values(71), differing))
          assert.deepStrictEqual(changed.revisions.map(({ key }) => key), ["moog_rate_limit", "unhandled_threshold"])
          const again = yield* ConfigStore.use((it) => it.change(values(71), differing))
          assert.strictEqual(again.version, changed.version)
          yield* ConfigStore.use((it) => it.rollback(1, request))
        }))

      it.effect("tells its history newest first, by page and by key", () =>
        Effect.gen(function*() {
          const it = yield* ConfigStore
          const all = yield* it.history({ page: 1, limit: 100 })
          assert.strictEqual(all.total, all.revisions.length)
          assert.isTrue(
            all.revisions.every(({ version }, i) => i === 0 || version <= (all.revisions[i - 1]?.version ?? 0))
          )
          const second = yield* it.history({ key: "moog_rate_limit", page: 2, limit: 2 })
          assert.lengthOf(second.revisions, 2)
          assert.isTrue(second.revisions.every(({ key }) => key === "moog_rate_limit"))
        }))

      it.effect("loses no update of 100 who read, add one, and write what they read", () =>
        Effect.gen(function*() {
          yield* set("unhandled_threshold", 1)
          const before = (yield* links).rows[0]?.seq ?? 0
          const increment = Effect.gen(function*() {
            const { value, version } = (yield* ConfigStore.use((it) => it.state)).settings
              .find(({ key }) => key === "unhandled_threshold") ?? { value: 0, version: 0 }
            return yield* Effect.exit(set("unhandled_threshold", Number(value) + 1, { ifVersion: version }))
          })
          const exits = yield* Effect.all(Array.from({ length: 100 }, () => increment), { concurrency: 16 })
          const succeeded = exits.filter(Exit.isSuccess).length
          assert.isAbove(succeeded, 0)
          assert.strictEqual((yield* state("unhandled_threshold")).value, 1 + succeeded)
          assert.strictEqual((yield* links).rows[0]?.seq, before + succeeded)
        }))
    }
  )
})

const BrokenAudit = Layer.succeed(ConfigAudit, {
  record: () => Effect.fail(new ConfigAuditFailed({ reason: "unavailable", detail: "disk full" })),
  recordAll: () => Effect.fail(new ConfigAuditFailed({ reason: "unavailable", detail: "disk full" })),
  search: () => Effect.succeed({ rows: [] })
})

layer(ConfigStorePostgres.pipe(Layer.provide(BrokenAudit), Layer.provideMerge(migratedDatabase())), {
  excludeTestServices: true
})("a change of a setting whose record cannot be written", (it) => {
  it.effect("does not happen", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      assert.strictEqual((yield* Effect.flip(set("moog_rate_limit", 70)))._tag, "LedgerUnavailable")
      assert.deepInclude(yield* state("moog_rate_limit"), { value: 50, isSet: false, version: 0 })
      assert.deepStrictEqual(yield* sql`SELECT * FROM config_outbox`, [])
    }))
})
