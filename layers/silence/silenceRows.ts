import { Effect, Schema, Struct } from "effect"
import { SilenceRevision, StoredSilence } from "../../src/silence/StoredSilence.ts"

/** RFC 3339 in UTC, to the millisecond. */
const utc = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const written = {
  match: "match",
  starts_at: "starts_at",
  ends_at: "ends_at",
  schedule: "schedule",
  comment: "comment",
  catch_up: "catch_up"
}
const silence = {
  id: "silences.id",
  ...written,
  revision: "revision",
  created_by: "created_by",
  created_at: utc("created_at"),
  ended_by: "ended_by",
  ended_at: utc("ended_at")
}

/** Columns as one JSON object; a column that is null is left out. */
const objectOf = (columns: Readonly<Record<string, string>>) =>
  `json_strip_nulls(json_build_object(${
    Object.entries(columns).map(([field, column]) => `'${field}', ${column}`).join(", ")
  }))`

/** A silence as the alerter reads it. */
export const silenceObject = objectOf(silence)
/** With what people see. */
export const storedObject = objectOf({
  ...silence,
  hits: "coalesce(hits, 0)",
  last_hit_at: `coalesce(${utc("last_hit_at")}, '')`
})
export const revisionObject = objectOf({
  revision: "revision",
  ...written,
  ended_by: "ended_by",
  changed_at: utc("silence_revisions.changed_at"),
  changed_by: "coalesce(log.changed_by, '')",
  reason: "coalesce(log.reason, '')"
})

const orNull = (text: string) => text === "" ? null : text

const Rows = <S extends Schema.Top>(row: S) => Schema.Array(Schema.Struct({ row }))
const decodeStored = Schema.decodeUnknownEffect(
  Rows(Schema.Struct({ ...StoredSilence.fields, last_hit_at: Schema.String }))
)
const decodeRevisions = Schema.decodeUnknownEffect(
  Rows(Schema.Struct({ ...SilenceRevision.fields, changed_by: Schema.String, reason: Schema.String }))
)

/** Rows of `storedObject`. */
export const storedSilences = (rows: unknown) =>
  Effect.map(
    Effect.orDie(decodeStored(rows)),
    (found) => found.map(({ row }): StoredSilence => Struct.evolve(row, { last_hit_at: orNull }))
  )

/** Rows of `revisionObject`. */
export const silenceRevisions = (rows: unknown) =>
  Effect.map(
    Effect.orDie(decodeRevisions(rows)),
    (found) => found.map(({ row }): SilenceRevision => Struct.evolve(row, { changed_by: orNull, reason: orNull }))
  )
