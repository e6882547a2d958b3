import { Schema } from "effect"

const Values = Schema.NullOr(Schema.Record(Schema.String, Schema.Json))

/**
 * One link of the audit chain: who changed what, when and why. `seq` counts from 1 without a gap.
 * `entryHash` covers every field but `writer` and, through `previousHash`, everything before it.
 */
export const ChainEntry = Schema.Struct({
  seq: Schema.Int,
  /** `dynamic_config`, `alert_rules`, `development_hosts`, `device_teams`, … */
  table: Schema.String,
  /** What was changed within its table: a setting's name, a rule's number, a host. */
  key: Schema.String,
  operation: Schema.Literals(["CREATE", "UPDATE", "DELETE"]),
  before: Values,
  after: Values,
  actor: Schema.String,
  reason: Schema.NullOr(Schema.String),
  correlationId: Schema.NullOr(Schema.String),
  /** RFC 3339 in UTC with milliseconds, as it was when the hash was made. */
  at: Schema.String,
  /** 64 hexadecimal digits; of the first link, 64 zeros. */
  previousHash: Schema.String,
  entryHash: Schema.String,
  /** Role, address and name of the connection that wrote it, as the database saw it. The hash does not cover it. */
  writer: Schema.optionalKey(Schema.NullOr(Schema.String))
})
export type ChainEntry = typeof ChainEntry.Type

/** A fact about the chain kept outside its table: the link `seq` had this hash at that time. */
export const Checkpoint = Schema.Struct({
  seq: Schema.Int,
  entryHash: Schema.String,
  at: Schema.String,
  /** By a key outside; absent where there is none. */
  signature: Schema.optionalKey(Schema.String)
})
export type Checkpoint = typeof Checkpoint.Type
