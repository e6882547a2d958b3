import { DateTime, Effect, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import {
  type ArchiveDay,
  archiveFolderOf,
  ArchiveManifest,
  archiveNameOf,
  manifestNameOf,
  nextNumber,
  objectNameOf
} from "../../src/domain/ArchiveManifest.ts"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { type Archive, ArchiveFailed } from "./ArchiveStore.ts"
import { digested } from "./digested.ts"
import { eventsOf, noteArchived, type Step } from "./EventArchives.ts"
import { zstdCompressed } from "./zstdCompressed.ts"

const encodeManifest = Schema.encodeEffect(Schema.fromJsonString(ArchiveManifest))
const utf8 = new TextEncoder()

export interface ArchiveTo {
  readonly archive: Archive
  /** The setting that named it. */
  readonly store: string
  readonly version: string
  /** Is run before each step: fails when somebody else archives. */
  readonly stillMine: Effect.Effect<void, ArchiveFailed>
}

/**
 * Archives a day: its events, read back and compared, then the manifest, then the note in the database. What ends in
 * between leaves objects that nothing names, and the day is archived again under a new number. `undefined` when it has
 * no events.
 */
export const archiveDay = ({ archive, stillMine, store, version }: ArchiveTo, of: ArchiveDay) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const name = archiveNameOf(of, nextNumber(of, new Set(yield* archive.list(archiveFolderOf(of)))))
    const object = objectNameOf(name)
    const seen = { rows: 0, first: undefined as Step | undefined, last: undefined as Step | undefined }
    const [lines, plain] = digested(
      eventsOf(sql, of).pipe(
        Stream.tap(() => stillMine),
        Stream.map((step) => {
          seen.rows += step.rows
          seen.first ??= step
          seen.last = step
          return utf8.encode(`${step.lines}\n`)
        })
      )
    )
    const [compressed, packed] = digested(
      zstdCompressed(lines)
    )
    yield* archive.put(object, compressed)
    const { first, last, rows } = seen
    if (first === undefined || last === undefined) {
      return yield* new ArchiveFailed({
        reason: "failed",
        detail: `The events of ${of.day} have gone while they were read.`
      })
    }
    const manifest = ArchiveManifest.make({
      format: "mutt-events-1",
      mutt: version,
      ...of,
      object,
      rows,
      bytes: packed.bytes(),
      sha256: packed.sha256(),
      plain_bytes: plain.bytes(),
      plain_sha256: plain.sha256(),
      first_id: first.first_id,
      last_id: last.last_id,
      columns: columnsOf(first.lines),
      written_at: DateTime.formatIso(yield* DateTime.now)
    })
    yield* sameAsWritten(archive, manifest, stillMine)
    const text = yield* Effect.orDie(encodeManifest(manifest))
    yield* archive.put(manifestNameOf(name), Stream.make(utf8.encode(`${text}\n`)))
    yield* noteArchived(store, manifest)
    return manifest
  })

/** How often the right to archive is renewed while an object is read back. */
const claimEveryMs = 60_000

/** Reads an object back, since what is let go of afterwards is nowhere else. */
const sameAsWritten = Effect.fnUntraced(function*(
  archive: Archive,
  { bytes, object, sha256 }: ArchiveManifest,
  stillMine: ArchiveTo["stillMine"]
) {
  const [again, digest] = digested(archive.get(object))
  let claimedAt = yield* steadyMillis
  yield* Stream.runForEach(again, () =>
    Effect.gen(function*() {
      const now = yield* steadyMillis
      if (now - claimedAt < claimEveryMs) return
      claimedAt = now
      yield* stillMine
    }))
  if (digest.bytes() !== bytes || digest.sha256() !== sha256) {
    yield* new ArchiveFailed({ reason: "damaged", detail: `${object} is not read as it was written.` })
  }
})

const decodeLine = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

const columnsOf = (lines: string): ReadonlyArray<string> => {
  const end = lines.indexOf("\n")
  return Object.keys(decodeLine(end < 0 ? lines : lines.slice(0, end)))
}
