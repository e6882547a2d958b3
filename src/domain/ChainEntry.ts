import { Schema } from "effect"

const Values = Schema.Record(Schema.String, Schema.Json)
export type AuditedValues = typeof Values.Type

/** One change: who changed what and why. */
export const AuditedChange = Schema.Struct({
  /** `dynamic_config`, `alert_rules`, `development_hosts`, `device_teams`, … */
  table: Schema.String,
  /** What was changed in its table: the name of a setting, the number of a rule, a host. */
  key: Schema.String,
  operation: Schema.Literals(["CREATE", "UPDATE", "DELETE"]),
  before: Schema.NullOr(Values),
  after: Schema.NullOr(Values),
  actor: Schema.String,
  reason: Schema.NullOr(Schema.String),
  correlationId: Schema.NullOr(Schema.String)
})
export type AuditedChange = typeof AuditedChange.Type

/** A change as the audit stores it. `seq` counts from 1 without a gap. */
export const AuditEntry = Schema.Struct({
  seq: Schema.Int,
  ...AuditedChange.fields,
  /** RFC 3339 in UTC with milliseconds, as it was when the hash was made. */
  at: Schema.String,
  /** Role, address and name of the connection that wrote it, as the database saw it; `actor` is what was said. */
  writer: Schema.optionalKey(Schema.NullOr(Schema.String))
})
export type AuditEntry = typeof AuditEntry.Type

/** One link of the audit chain. `entryHash` covers all fields but `writer` and, by `previousHash`, all links before. */
export const ChainEntry = Schema.Struct({
  ...AuditEntry.fields,
  /** 64 hexadecimal digits; of the first link, 64 zeros. */
  previousHash: Schema.String,
  entryHash: Schema.String
})
export type ChainEntry = typeof ChainEntry.Type

/** What a restored database has lost of the chain. */
export const AuditCut = Schema.Struct({
  /** Links after this one are not those that earlier checkpoints know. */
  after: Schema.Int,
  /** The newest link that such a checkpoint knows. */
  lost: Schema.Int
})
export type AuditCut = typeof AuditCut.Type

/** A note outside the database: the link `seq` had this hash at that time. */
export const Checkpoint = Schema.Struct({
  seq: Schema.Int,
  entryHash: Schema.String,
  at: Schema.String,
  /** The database was restored: the link tells of this cut, and checkpoints made before count up to there only. */
  restored: Schema.optionalKey(AuditCut),
  /** Made with a key outside MUTT; absent without one. */
  signature: Schema.optionalKey(Schema.String)
})
export type Checkpoint = typeof Checkpoint.Type
