import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Logger, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { createHash } from "node:crypto"
import { zstdDecompressSync } from "node:zlib"
import { type Archive, ArchiveFailed, ArchiveStore } from "../../../../layers/archive/ArchiveStore.ts"
import { ArchiveStoreFile } from "../../../../layers/archive/ArchiveStoreFile.ts"
import { Environment } from "../../../../layers/environment/Environment.ts"
import { enforceRetention } from "../../../../layers/postgres/retention.ts"
import { EventArchiver } from "../../../../services/web-ui/retention/EventArchiver.ts"
import { ArchiveManifest } from "../../../../src/domain/ArchiveManifest.ts"
import { staticConfig } from "../../../layers/connections.ts"
import { migratedDatabase, Owner } from "../../../layers/database.ts"

const keepDays = 90

const partition = Effect.fnUntraced(function*(from: string, to: string) {
  const owner = yield* Owner
  const name = `event_audit_log_${from.replaceAll("-", "_")}`
  yield* owner.unsafe(
    `CREATE TABLE ${name} PARTITION OF event_audit_log FOR VALUES FROM ('${from} 00:00+00') TO ('${to} 00:00+00')`
  )
  return name
})

/** Rows within the hour after `at`, recorded so long ago. */
const events = (count: number, at: string, recordedDaysAgo: number) =>
  Owner.use((owner) =>
    owner`INSERT INTO event_audit_log (event_id, event_timestamp, received_at, recorded_at, hostname, correlation_id, outcome,
        environment, team_assignment, reason, raw_message)
      SELECT gen_random_uuid(), ${at}::text::timestamptz + n % 3600 * interval '1 second', now(),
        now() - make_interval(days => ${recordedDaysAgo}::int), 'h' || n, 'c', 'unmatched', 'prod', '', '',
        json_build_object('message', 'line' || E'\\n' || n) FROM generate_series(1, ${count}::int) n`
  )

const switched = (place: string) =>
  Owner.use((owner) =>
    owner`INSERT INTO config_settings (key, value) VALUES ('event_archive', to_jsonb(${place}::text))
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`
  )

const decodeManifest = Schema.decodeUnknownEffect(Schema.fromJsonString(ArchiveManifest))

/** An archive in a folder of its own, which the setting names, without the claims and days of the test before. */
const fresh = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  const folder = yield* files.makeTempDirectoryScoped()
  const owner = yield* Owner
  yield* owner`DELETE FROM event_archives`
  yield* owner`UPDATE retention_floor SET days = 1`
  yield* owner.unsafe("TRUNCATE event_audit_log")
  yield* switched(`file://${folder}`)
  const read = (name: string) => files.readFile(`${folder}/${name}`)
  return {
    store: `file://${folder}`,
    names: Effect.map(
      files.readDirectory(folder, { recursive: true }),
      (names) => names.filter((name) => name.includes(".")).sort()
    ),
    manifest: (name: string) => Effect.flatMap(files.readFileString(`${folder}/${name}`), decodeManifest),
    read,
    lines: (name: string) =>
      Effect.map(read(name), (bytes) => zstdDecompressSync(bytes).toString().trimEnd().split("\n"))
  }
})

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

const retired = Effect.map(enforceRetention(keepDays), ({ events, partitions }) => ({ events, partitions }))

const context = archiverOver("a", (archive) => archive).pipe(
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
      const owner = yield* Owner
      yield* owner`UPDATE event_audit_log SET recorded_at = now() - interval '2 hours' WHERE event_timestamp < '2021-01-01'`
      assert.deepStrictEqual(yield* retired, { partitions: [month], events: 10 })
      assert.strictEqual((yield* sql<{ n: number }>`SELECT count(*)::int AS n FROM event_audit_log`)[0]?.n, 6)
    }))

  it.effect("has no manifest of a day whose writing ended in the middle, and has it whole afterwards", () =>
    Effect.gen(function*() {
      const { lines, names, store } = yield* fresh
      const name = yield* partition("2020-05-01", "2020-05-02")
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
      const gone = new ArchiveFailed({ detail: "gone" })
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
