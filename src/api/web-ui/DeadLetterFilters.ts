import { Schema } from "effect"
import { Reason, text } from "../shared/fields.ts"
import { When } from "./AuditLogs.ts"
import { idsOrFilter } from "./idsOrFilter.ts"

/** The id of a dead letter: milliseconds and a number within them. */
export const LetterId = Schema.String.check(
  Schema.isPattern(/^[0-9]{1,15}-[0-9]{1,15}$/u, { message: "Is no id of a dead letter such as 1755856800000-0" })
)

/** Which dead letters are meant; what is absent says nothing. */
export const letterQuery = {
  /** As it is shown. */
  reason: Schema.optionalKey(text(100)),
  /** The host of an event or alert; the peer or the sender of a quarantined record. */
  host: Schema.optionalKey(text(255)),
  /** Kept at this time or later. */
  from: When,
  /** Kept before this time. */
  to: When,
  /** A part of the detail or of what is kept, without case. */
  text: Schema.optionalKey(text(200))
}

export const LetterFilter = Schema.Struct({
  ...letterQuery,
  /** Only above this id: where a request ended that had not enough time. */
  after: Schema.optionalKey(LetterId),
  /** Only up to this id: the newest one when it began. */
  up_to: Schema.optionalKey(LetterId)
}).annotate({ identifier: "DeadLetterFilter" })
export type LetterFilter = typeof LetterFilter.Type

/** Names dead letters, at most 500 at a time; or says which, and how many they are. */
export const Selection = Schema.Struct({
  ids: Schema.optionalKey(Schema.Array(LetterId).check(Schema.isMinLength(1), Schema.isMaxLength(500))),
  filter: Schema.optionalKey(LetterFilter),
  /** How many the filter finds. With another number nothing is done. */
  expected: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 }))),
  reason: Reason
}).check(idsOrFilter)
export type Selection = typeof Selection.Type

/** What became of those that a filter found. */
export const Swept = Schema.Struct({
  matched: Schema.Int,
  moved: Schema.Int,
  /** Of quarantine: can't be read still, and stay; by reason. */
  unreadable: Schema.Array(Schema.Struct({ reason: Schema.String, count: Schema.Int })),
  /** Of quarantine: only a part of the record was kept; they stay. */
  cut: Schema.Int,
  /** Not there any more; or, of alerts, on their way again by other means. */
  skipped: Schema.Int,
  /** Not come to: there was no time, or no room in the event queue. */
  left: Schema.Int,
  /** Present when some are left: the body of the request that goes on. */
  rest: Schema.optionalKey(Schema.Struct({ filter: LetterFilter, expected: Schema.Int }))
}).annotate({ identifier: "DeadLettersSwept" })
export type Swept = typeof Swept.Type

export const LetterGroups = Schema.Struct({
  /** The largest 200, by count. */
  groups: Schema.Array(Schema.Struct({
    reason: Schema.String,
    /** The detail with `#` for what changes: numbers, addresses, times. */
    detail_masked: Schema.String,
    count: Schema.Int,
    oldest: Schema.String,
    newest: Schema.String
  })),
  /** How many were found in all. */
  total: Schema.Int,
  /** Groups that are not shown. */
  omitted: Schema.Int,
  /** `false`: older ones were not looked at, as there are too many (`API_SCAN_MAX`). */
  exact: Schema.Boolean,
  /** Pass as `before` to go on with the older ones, whose groups are counted anew. */
  next_before: Schema.optionalKey(Schema.String),
  /** The newest that there is, as `up_to` of a filter. */
  newest: Schema.NullOr(Schema.String)
}).annotate({ identifier: "DeadLetterGroups" })
export type LetterGroups = typeof LetterGroups.Type
