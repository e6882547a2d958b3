import { Schema, Struct } from "effect"
import { Silence, SilenceFields, type SilenceInput } from "./Silence.ts"

/** A silence as the store knows it. */
export const StoredSilence = Schema.Struct({
  ...Silence.fields,
  /** Name of the key that ended it by hand. */
  ended_by: Schema.optionalKey(Schema.String),
  /** Events it held back; not exact. */
  hits: Schema.Int,
  last_hit_at: Schema.NullOr(Schema.String)
})
export type StoredSilence = typeof StoredSilence.Type

/** What a silence said from one change to the next, who changed it, and why. */
export const SilenceRevision = Schema.Struct({
  revision: Schema.Int,
  ...SilenceFields,
  ended_by: Schema.optionalKey(Schema.String),
  changed_at: Schema.String,
  /** `null`: by hand in the database. */
  changed_by: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String)
}).annotate({ identifier: "SilenceRevision" })
export type SilenceRevision = typeof SilenceRevision.Type

type Written = Pick<Silence, keyof typeof SilenceFields>

/** What is written down of what people say: times in one form, and whether open alerts are told at the end. */
export const writtenOf = (said: SilenceInput | Written): Written => ({
  ...Struct.pick(said, writtenFields.filter((field) => said[field] !== undefined)),
  match: said.match,
  comment: said.comment,
  ...(said.starts_at === undefined ? {} : { starts_at: inUtc(said.starts_at) }),
  ...(said.ends_at === undefined ? {} : { ends_at: inUtc(said.ends_at) }),
  catch_up: said.catch_up ?? true
})

const writtenFields = Struct.keys(SilenceFields)
const inUtc = (time: string): string => new Date(time).toISOString()

/** The columns of a silence that the audit tells. */
export const toSilenceColumns = (
  silence: Written & Pick<StoredSilence, "revision" | "created_by" | "ended_by">
) => ({
  match: silence.match,
  starts_at: silence.starts_at ?? null,
  ends_at: silence.ends_at ?? null,
  schedule: silence.schedule ?? null,
  comment: silence.comment,
  catch_up: silence.catch_up ?? true,
  revision: silence.revision,
  created_by: silence.created_by,
  ended_by: silence.ended_by ?? null
})
