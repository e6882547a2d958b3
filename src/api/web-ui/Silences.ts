import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { VersionStale } from "../../domain/SettingProblems.ts"
import { SilenceEnded, SilenceNotFound, SilencesFull } from "../../domain/SilenceProblems.ts"
import { Instant, SilenceInput } from "../../silence/Silence.ts"
import { SilenceRevision } from "../../silence/StoredSilence.ts"
import { Authenticated, OperatorOnly, ViewerOnly } from "../shared/Access.ts"
import { Reason, ReasonOnly, rowId, text, whole } from "../shared/fields.ts"
import { Idempotent } from "../shared/Idempotency.ts"
import { Invalid, RoleRefused, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { cursorLike, limit, Pagination } from "./paging.ts"
import { ConditionMissing, conditions } from "./Settings.ts"
import { SilencePreview } from "./SilencePreviews.ts"
import { SilenceOccurrenceView, SilenceStateName, SilenceView } from "./SilenceView.ts"

export const SilenceDetail = Schema.Struct({
  ...SilenceView.fields,
  /** The next ten. */
  next: Schema.Array(SilenceOccurrenceView),
  /** Oldest first. */
  revisions: Schema.Array(SilenceRevision)
}).annotate({ identifier: "SilenceDetail" })
export type SilenceDetail = typeof SilenceDetail.Type

export const SilenceWritten = Schema.Struct({
  id: Schema.Int,
  message: Schema.String,
  silence: SilenceView,
  next: Schema.Array(SilenceOccurrenceView)
}).annotate({ identifier: "SilenceWritten" })
export type SilenceWritten = typeof SilenceWritten.Type

export const SilenceCreated = Schema.Struct({
  ...SilenceWritten.fields,
  /** As `POST /silences/preview` answers it, after a second at most. */
  preview: Schema.NullOr(SilencePreview),
  /** Why there is none, in a sentence; `null` when there is. */
  no_preview: Schema.NullOr(Schema.String)
}).annotate({ identifier: "SilenceCreated" })
export type SilenceCreated = typeof SilenceCreated.Type

/** A later end: a time, or seconds after the present one. */
export const SilenceExtension = Schema.Struct({
  ends_at: Schema.optionalKey(Instant),
  seconds: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 60, maximum: 31_536_000 }))),
  reason: Reason
}).check(Schema.makeFilter(
  ({ ends_at, seconds }) =>
    (ends_at === undefined) !== (seconds === undefined) || "Needs `ends_at` or `seconds`, and not both",
  { toJsonSchema: () => ({ oneOf: [{ required: ["ends_at"] }, { required: ["seconds"] }] }) }
)).annotate({ identifier: "SilenceExtension" })

const params = { id: rowId }
const refusals = [
  SilenceNotFound,
  SilenceEnded,
  VersionStale,
  ConditionMissing,
  RoleRefused,
  Invalid,
  Unavailable
] as const

export class SilencesGroup extends HttpApiGroup.make("silences")
  .add(
    HttpApiEndpoint.get("list", "/silences", {
      query: {
        limit: Schema.optionalKey(limit),
        cursor: cursorLike(/^[0-9]{1,10}$/u),
        state: Schema.optionalKey(SilenceStateName),
        author: Schema.optionalKey(text(255)),
        /** Only those that name this host, by its name or by a glob. */
        host: Schema.optionalKey(text(255)),
        /** Only those that hold back now, and end within so many seconds. */
        ending_within: Schema.optionalKey(whole(1, 31_536_000))
      },
      success: Schema.Struct({
        silences: Schema.Array(SilenceView),
        pagination: Schema.Struct({
          limit: Schema.Int,
          has_more: Schema.Boolean,
          next_cursor: Pagination.fields.next_cursor
        })
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Silences, newest first"),
    HttpApiEndpoint.get("byId", "/silences/:id", {
      params,
      success: SilenceDetail,
      error: [SilenceNotFound, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "A silence with its revisions, its hits and its next times; ETag is its revision"
    ),
    HttpApiEndpoint.post("create", "/silences", {
      payload: SilenceInput,
      success: SilenceCreated.pipe(HttpApiSchema.status(201)),
      error: [SilencesFull, RoleRefused, Invalid, Unavailable]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "Silence what matches; its author is the key. `everything` needs role admin"
    ),
    HttpApiEndpoint.put("update", "/silences/:id", {
      params,
      headers: conditions,
      payload: SilenceInput,
      success: SilenceWritten,
      error: refusals
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "A new revision of a silence"),
    HttpApiEndpoint.post("extend", "/silences/:id/extend", {
      params,
      headers: conditions,
      payload: SilenceExtension,
      success: SilenceWritten,
      error: refusals
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Let a silence end later"),
    HttpApiEndpoint.post("end", "/silences/:id/end", {
      params,
      headers: conditions,
      payload: ReasonOnly,
      success: SilenceWritten,
      error: refusals
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "End a silence now; what arrived before stays covered, and it does not come back"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(
    OpenApi.annotations({ title: "Silences", description: "What is held back, for how long, by whom and why." })
  )
{}
