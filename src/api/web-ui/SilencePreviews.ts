import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Decision } from "../../domain/Decision.ts"
import { Severity } from "../../domain/Severity.ts"
import { SilenceInput } from "../../silence/Silence.ts"
import { Authenticated, OperatorOnly } from "../shared/Access.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { SilenceOccurrenceView, SilenceView } from "./SilenceView.ts"

const held = {
  /** Events that were forwarded or matched no rule. */
  events: Schema.Int,
  /** Those of them that were forwarded. */
  alerts: Schema.Int,
  /** Those of them whose handling pages somebody. */
  pages: Schema.Int
}

/** What a silence would have held back in the last 24 hours, and when it will. Nothing is stored. */
export const SilencePreview = Schema.Struct({
  /** Of arrival; the times of the silence do not count here. */
  from: Schema.String,
  to: Schema.String,
  ...held,
  /** Events of these that arrived within a window of its schedule; `null` without one. */
  in_windows: Schema.NullOr(Schema.Int),
  /** By the rule that decided then, under its name of today; `null`: none matched. */
  rules: Schema.Array(Schema.Struct({ rule: Schema.NullOr(Schema.String), ...held })),
  severities: Schema.Array(Schema.Struct({ severity: Schema.NullOr(Severity), ...held })),
  /** The first 20. */
  samples: Schema.Array(Schema.Struct({
    /** `<event_timestamp>_<id>`, as `GET /events/:ref` takes it. */
    ref: Schema.String,
    hostname: Schema.String,
    severity: Schema.NullOr(Severity),
    message: Schema.String,
    rule: Schema.NullOr(Schema.String),
    ...Struct.pick(Decision.fields, ["outcome", "handling"])
  })),
  /** Events that were looked at, of those that its hosts sent and that were not held back anyway. */
  read: Schema.Int,
  /** Why it ended before the last event. */
  stopped: Schema.NullOr(Schema.Literals(["limit", "time"])),
  /** Arrival of the last event that was looked at. */
  reached: Schema.NullOr(Schema.String),
  ms: Schema.Int,
  /** Events that wait and would be covered: not worked out in this release. */
  waiting: Schema.NullOr(Schema.Int),
  /** The next ten times. */
  next: Schema.Array(SilenceOccurrenceView),
  /** Silences that may cover the same events, newest first; at most 20. */
  overlaps: Schema.Array(
    SilenceView.mapFields(Struct.pick(["id", "comment", "created_by", "state", "from", "until"]))
  ),
  /** What it cannot show, in sentences. */
  could_not_know: Schema.Array(Schema.String)
}).annotate({ identifier: "SilencePreview" })
export type SilencePreview = typeof SilencePreview.Type

export class SilencePreviewsGroup extends HttpApiGroup.make("silencePreviews")
  .add(
    HttpApiEndpoint.post("preview", "/silences/preview", {
      payload: SilenceInput,
      success: SilencePreview,
      error: [Invalid, Unavailable]
    }).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "What a silence would have held back in the last 24 hours, its next times, and which others it overlaps"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Previews of silences" }))
{}
