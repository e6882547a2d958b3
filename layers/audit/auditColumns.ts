import { Schema } from "effect"
import { ChainEntry } from "../../src/domain/ChainEntry.ts"
import { IsoTime } from "../postgres/isoTime.ts"

/** Field of a `ChainEntry` → column of `config_audit_log`. */
const columns = {
  seq: "id",
  table: "table_name",
  key: "record_id",
  before: "old_values",
  after: "new_values",
  actor: "changed_by",
  correlationId: "correlation_id",
  at: "changed_at"
} as const

const read = { seq: Schema.FiniteFromString, at: IsoTime }

/** The select list of a link of the chain. Ids come as text, as they may exceed 2³¹. */
export const linkColumns =
  "id::text, changed_at, changed_by, operation, table_name, record_id, old_values, new_values, reason, " +
  "correlation_id, writer, previous_hash, entry_hash"

export const decodeLinks = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ ...ChainEntry.fields, ...read }).pipe(
      Schema.encodeKeys({ ...columns, previousHash: "previous_hash", entryHash: "entry_hash" })
    )
  )
)
