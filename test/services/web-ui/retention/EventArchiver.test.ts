import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Layer, Logger, Metric, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { createHash } from "node:crypto"
import { zstdDecompressSync } from "node:zlib"
import { ArchivedDays } from "../../../../layers/archive/ArchivedDays.ts"
import { ArchivedDaysPostgres } from "../../../../layers/archive/ArchivedDaysPostgres.ts"
import { type Archive, ArchiveFailed, ArchiveStore } from "../../../../layers/archive/ArchiveStore.ts"
import { ArchiveStoreFile } from "../../../../layers/archive/ArchiveStoreFile.ts"
import { ArchiveStoreLayer } from "../../../../layers/archive/ArchiveStoreLayer.ts"
import { S3Settings } from "../../../../layers/archive/S3Settings.ts"
import { ConfigStore } from "../../../../layers/config/ConfigStore.ts"
import { Environment } from "../../../../layers/environment/Environment.ts"
import { enforceRetention } from "../../../../layers/postgres/retention.ts"
import { SecretsFromStore } from "../../../../layers/secret/SecretLayer.ts"
import { archiveCheck } from "../../../../services/web-ui/retention/archiveCheck.ts"
import { EventArchiver, waitingDays } from "../../../../services/web-ui/retention/EventArchiver.ts"
import { RetentionLayer } from "../../../../services/web-ui/retention/RetentionLayer.ts"
import { makeDynamicConfigMemory } from "../../../layers/config/DynamicConfigMemory.ts"
import { staticConfig } from "../../../layers/connections.ts"
import { migratedDatabase, Owner } from "../../../layers/database.ts"
import { makeSecretStoreMemory } from "../../../layers/secret/SecretStoreMemory.ts"
import { until } from "../../../support/eventually.ts"
import { s3StandIn } from "../../../support/s3StandIn.ts"
import { decodeManifest, events, fresh, keepDays, partition, switched } from "./eventDays.ts"

const archiveTo = (store: string) => EventArchiver.use(({ archive }) => archive(store, keepDays))

/** The archiver of another process, whose archive `change` stands before. */
const archiverOver = (instance: string, change: (archive: Archive) => Archive) =>
  EventArchiver.layer.pipe(
    Layer.provide(
      Layer.effect(
        ArchiveStore,
        Effect.map(ArchiveStore, ({ open }) => ArchiveStore.of({ open: (place) => Effect.map(open(place), change) }))
      ).pipe(Layer.provide(ArchiveStoreFile))
    ),
    Layer.provide(Layer.succeed(Environment, { ...staticConfig({}), instance }))
  )

/** The archiver of a process whose archives are in the buckets of a store. */
const archiverIn = (endpoint: string, secrets: Readonly<Record<string, string>>) =>
  Layer.unwrap(
    Effect.map(makeSecretStoreMemory(secrets), (store) =>
      EventArchiver.layer.pipe(
        Layer.provide(ArchiveStoreLayer),
        Layer.provide(Layer.succeed(S3Settings, { s3Endpoint: endpoint, s3Region: "us-east-1", s3CaFile: undefined })),
        Layer.provide(SecretsFromStore.pipe(Layer.provide(store.layer))),
        Layer.provide(Layer.succeed(Environment, { ...staticConfig({}), instance: "a" }))
      ))
  )

const retired = Effect.map(enforceRetention(keepDays), ({ events, partitions }) => ({ events, partitions }))

const context = archiverOver("a", (archive) => archive).pipe(
  Layer.merge(ArchivedDaysPostgres),
  Layer.provideMerge(Layer.mergeAll(migratedDatabase(), NodeServices.layer, Logger.layer([])))
)

layer(context, { excludeTestServices: true })("the archive of events", (it) => {
  it.effect("has each day before retention may let go of it, and what came late too", () =>
    Effect.gen(function*() {
      const { lines, manifest, names, read, store } = yield* fresh
      const first = yield* partition("2020-01-01", "2020-01-02")
      const month = yield* partition("2020-02-01", "2020-03-01")
      yield* partition("2020-04-01", "2020-04-02")
      yield* events(2_500, "2020-01-01T00:00:00Z", 100)
      yield* events(3, "2020-02-01T23:00:00Z", 100)
      yield* events(4, "2020-02-29T12:00:00Z", 100)
      yield* events(5, "1999-01-01T00:00:00Z", 100)
      yield* events(6, new Date().toISOString(), 0)
      // Nothing is archived: only a day without events may go.
      assert.deepStrictEqual(yield* retired, { partitions: ["event_audit_log_2020_04_01"], events: 0 })

      yield* archiveTo(store)
      const written = yield* names
      const odd = written.filter((name) => name.includes("odd"))
      assert.deepStrictEqual(written.filter((name) => !name.includes("odd")), [
        "2020/01/event-audit-2020-01-01.json",
        "2020/01/event-audit-2020-01-01.ndjson.zst",
        "2020/02/event-audit-2020-02-01.json",
        "2020/02/event-audit-2020-02-01.ndjson.zst",
        "2020/02/event-audit-2020-02-29.json",
        "2020/02/event-audit-2020-02-29.ndjson.zst"
      ])
      assert.lengthOf(odd, 2)
      assert.lengthOf(yield* lines(odd[1] ?? ""), 5)

      const archived = yield* lines("2020/01/event-audit-2020-01-01.ndjson.zst")
      const sql = yield* SqlClient.SqlClient
      // Each line is a row of the record, to the microsecond and the line break.
      const same = yield* sql<
        { n: number }
      >`SELECT count(*)::int AS n FROM json_populate_recordset(NULL::event_audit_log,
        ${`[${archived.join(",")}]`}::text::json) line JOIN event_audit_log event
          ON event.event_timestamp = line.event_timestamp AND event IS NOT DISTINCT FROM line`
      assert.deepStrictEqual([archived.length, same[0]?.n], [2_500, 2_500])
      const told = yield* manifest("2020/01/event-audit-2020-01-01.json")
      const object = yield* read(told.object)
      const plain = zstdDecompressSync(object)
      const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")
      assert.deepInclude(told, {
        rows: 2_500,
        bytes: object.length,
        sha256: sha256(object),
        plain_bytes: plain.length,
        plain_sha256: sha256(plain)
      })
      assert.include(archived[0], told.first_id)
      assert.include(archived.at(-1), told.last_id)

      // Late ones: that day stays until they are archived too.
      yield* events(2, "2020-02-29T13:00:00Z", 1)
      assert.deepStrictEqual(yield* retired, { partitions: [first], events: 2_505 })
      yield* archiveTo(store)
      assert.strictEqual((yield* manifest("2020/02/event-audit-2020-02-29-2.json")).rows, 6)
      // One that came while it was counted.
      yield* events(1, "2020-02-29T14:00:00Z", 0)
      yield* archiveTo(store)
      assert.deepStrictEqual(yield* retired, { partitions: [], events: 0 })
      const { list } = yield* ArchivedDays
      const days = yield* list("", 3)
      assert.deepStrictEqual(days.map(({ day, number, odd, rows }) => [day, odd, number, rows]).slice(1), [
        ["2020-02-29", false, 3, 7],
        ["2020-02-29", false, 2, 6]
      ])
      assert.strictEqual(days[1]?.url, `${store}/2020/02/event-audit-2020-02-29-3.ndjson.zst`)
      assert.strictEqual((yield* list(days[1]?.place ?? "", 9))[0]?.number, 2)
      const owner = yield* Owner
      yield* owner`UPDATE event_audit_log SET recorded_at = now() - interval '2 hours' WHERE event_timestamp < '2021-01-01'`
      assert.deepStrictEqual(yield* retired, { partitions: [month], events: 10 })
      assert.strictEqual((yield* sql<{ n: number }>`SELECT count(*)::int AS n FROM event_audit_log`)[0]?.n, 6)
    }))

  it.effect("has no manifest of a day whose writing ended in the middle, and has it whole afterwards", () =>
    Effect.gen(function*() {
      const { leave, lines, names, store } = yield* fresh
      const name = yield* partition("2020-05-01", "2020-05-02")
      // Of a process that was killed.
      yield* leave("2020/05/event-audit-2020-05-01.ndjson.zst.0.part")
      yield* events(5_000, "2020-05-01T00:00:00Z", 100)
      const nothing = Effect.gen(function*() {
        const owner = yield* Owner
        assert.lengthOf(yield* owner`SELECT 1 FROM event_archives`, 0)
        assert.deepStrictEqual(yield* retired, { partitions: [], events: 0 })
        // A claim of who died is over after minutes.
        yield* owner`UPDATE event_archive_claim SET until = now() - interval '1 second'`
      })
      const dying = (when: (name: string) => boolean, cut: (archive: Archive) => Archive["put"]) =>
        archiveTo(store).pipe(
          Effect.flip,
          Effect.provide(
            archiverOver("b", (archive) => ({
              ...archive,
              put: (name, bytes) => when(name) ? cut(archive)(name, bytes) : archive.put(name, bytes)
            })),
            { local: true }
          ),
          Effect.andThen(nothing)
        )
      const gone = new ArchiveFailed({ reason: "failed", detail: "gone" })
      yield* dying(
        (name) => name.endsWith(".zst"),
        (archive) => (name, bytes) => archive.put(name, Stream.concat(Stream.take(bytes, 1), Stream.fail(gone)))
      )
      assert.deepStrictEqual(yield* names, [])
      yield* dying((name) => name.endsWith(".json"), () => () => Effect.fail(gone))
      // Changed on its way to the disk.
      yield* dying(
        (name) => name.endsWith(".zst"),
        (archive) => (name, bytes) =>
          archive.put(name, Stream.map(bytes, (chunk) => chunk.map((byte, at) => at === 9 ? byte ^ 1 : byte)))
      )
      yield* archiveTo(store)
      assert.deepStrictEqual((yield* names).filter((name) => name.endsWith(".json")), [
        "2020/05/event-audit-2020-05-01-3.json"
      ])
      assert.lengthOf(yield* lines("2020/05/event-audit-2020-05-01-3.ndjson.zst"), 5_000)
      assert.deepStrictEqual(yield* retired, { partitions: [name], events: 5_000 })
    }))

  it.effect("is not begun in a folder that is not there, which may be a disk that is not mounted", () =>
    Effect.gen(function*() {
      const { names, store } = yield* fresh
      yield* partition("2020-07-01", "2020-07-02")
      yield* events(1, "2020-07-01T00:00:00Z", 100)
      assert.strictEqual((yield* Effect.flip(archiveTo(`${store}/absent`)))._tag, "ArchiveFailed")
      assert.deepStrictEqual(yield* names, [])
      assert.deepStrictEqual(yield* retired, { partitions: [], events: 0 })
    }))

  it.effect("is in a bucket when the setting names one, and days stay while the store takes none", () =>
    Effect.gen(function*() {
      yield* fresh
      // Days of other tests, without events.
      yield* retired
      const store = yield* s3StandIn({ leastPart: 0 })
      const name = yield* partition("2020-08-01", "2020-08-02")
      yield* events(3_000, "2020-08-01T00:00:00Z", 100)
      yield* switched("s3://events/mutt")
      const archiving = (secrets: Readonly<Record<string, string>>) =>
        Effect.gen(function*() {
          const ended = yield* Effect.exit(archiveTo("s3://events/mutt"))
          const { check } = yield* archiveCheck
          return [Exit.isSuccess(ended), yield* check] as const
        }).pipe(Effect.provide(archiverIn(store.url, secrets), { local: true }))
      assert.deepStrictEqual(yield* archiving({}), [
        false,
        { state: "degraded", detail: "events are not archived: the store or its key is not set, see the log" }
      ])
      assert.strictEqual((yield* Metric.value(waitingDays)).value, 1)
      assert.deepStrictEqual(yield* retired, { partitions: [], events: 0 })
      const key = { ARCHIVE_S3_KEY: "standin:standin-secret" }
      assert.deepStrictEqual(yield* archiving(key), [true, { state: "ok" }])
      const manifest = store.objects.get("events/mutt/2020/08/event-audit-2020-08-01.json")
      const { bytes, object, rows } = yield* decodeManifest(manifest?.bytes.toString())
      const packed = store.objects.get(`events/mutt/${object}`)?.bytes ?? new Uint8Array()
      assert.deepStrictEqual([rows, bytes], [3_000, packed.length])
      assert.lengthOf(zstdDecompressSync(packed).toString().trimEnd().split("\n"), 3_000)
      assert.deepStrictEqual(yield* retired, { partitions: [name], events: 3_000 })
    }))

  it.effect("lets retention go on while it fails: a day that is archived goes, another one stays", () =>
    Effect.gen(function*() {
      const { store } = yield* fresh
      const sql = yield* SqlClient.SqlClient
      yield* partition("2020-09-01", "2020-09-02")
      yield* events(2, "2020-09-01T00:00:00Z", 100)
      yield* archiveTo(store)
      yield* partition("2020-09-02", "2020-09-03")
      yield* events(3, "2020-09-02T00:00:00Z", 100)
      const config = yield* makeDynamicConfigMemory()
      const set = { isSet: true, version: 1, changedBy: null, changedAt: null }
      const settings = [
        { ...set, key: "event_retention_days" as const, value: keepDays },
        { ...set, key: "event_archive" as const, value: store }
      ]
      const fails = new ArchiveFailed({ reason: "busy", detail: "The store is busy." })
      const said = new Array<unknown>()
      yield* Layer.build(RetentionLayer.pipe(
        Layer.provide(config.layer),
        Layer.provide(Layer.mock(ConfigStore, { state: Effect.succeed({ epoch: "e", version: 1, settings }) })),
        Layer.provide(Layer.mock(EventArchiver, { archive: () => Effect.fail(fails) })),
        Layer.provide(Logger.layer([Logger.make(({ message }) => void said.push(message))]))
      ))
      const left = Effect.map(sql<{ n: number }>`SELECT count(*)::int AS n FROM event_audit_log`, ([row]) => row?.n)
      yield* until(left, (rows) => rows === 3)
      yield* until(Effect.sync(() => said.join()), (lines) => lines.includes("trying again in a minute"))
      assert.strictEqual(yield* left, 3)
    }))

  it.effect("is written by one process at a time", () =>
    Effect.gen(function*() {
      const { names, store } = yield* fresh
      yield* partition("2020-06-01", "2020-06-02")
      yield* events(1, "2020-06-01T00:00:00Z", 100)
      const owner = yield* Owner
      yield* owner`UPDATE event_archive_claim SET holder = 'other', until = now() + interval '1 minute'`
      yield* archiveTo(store)
      assert.deepStrictEqual(yield* names, [])
      yield* owner`UPDATE event_archive_claim SET until = now() - interval '1 second'`
      yield* archiveTo(store)
      assert.lengthOf(yield* names, 2)
    }))
})
