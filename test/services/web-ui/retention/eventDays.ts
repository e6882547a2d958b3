import { Effect, FileSystem, Schema } from "effect"
import { zstdDecompressSync } from "node:zlib"
import { ArchiveManifest } from "../../../../src/domain/ArchiveManifest.ts"
import { Owner } from "../../../layers/database.ts"

export const keepDays = 90

export const partition = Effect.fnUntraced(function*(from: string, to: string) {
  const owner = yield* Owner
  const name = `event_audit_log_${from.replaceAll("-", "_")}`
  yield* owner.unsafe(
    `CREATE TABLE ${name} PARTITION OF event_audit_log FOR VALUES FROM ('${from} 00:00+00') TO ('${to} 00:00+00')`
  )
  return name
})

/** Rows within the hour after `at`, recorded so long ago. */
export const events = (count: number, at: string, recordedDaysAgo: number) =>
  Owner.use((owner) =>
    owner`INSERT INTO event_audit_log (event_id, event_timestamp, received_at, recorded_at, hostname, correlation_id, outcome,
        environment, team_assignment, reason, raw_message)
      SELECT gen_random_uuid(), ${at}::text::timestamptz + n % 3600 * interval '1 second', now(),
        now() - make_interval(days => ${recordedDaysAgo}::int), 'h' || n, 'c', 'unmatched', 'prod', '', '',
        json_build_object('message', 'line' || E'\\n' || n) FROM generate_series(1, ${count}::int) n`
  )

export const switched = (place: string) =>
  Owner.use((owner) =>
    owner`INSERT INTO config_settings (key, value) VALUES ('event_archive', to_jsonb(${place}::text))
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`
  )

export const decodeManifest = Schema.decodeUnknownEffect(Schema.fromJsonString(ArchiveManifest))

/** An archive in a folder of its own, which the setting names, without the claims and days of the test before. */
export const fresh = Effect.gen(function*() {
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
    leave: (name: string) =>
      Effect.andThen(
        files.makeDirectory(`${folder}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true }),
        files.writeFileString(`${folder}/${name}`, "left")
      ),
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
