import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { cursorLike, Pagination, paging } from "./paging.ts"

/** A host whose messages were understood in part only, or not at all. */
export const MisreadHostView = Schema.Struct({
  /** For quarantined records, the address they came from. */
  hostname: Schema.String,
  /** The device's address if the record or the socket has it, else the sender's. */
  peer: Schema.NullOr(Schema.String),
  /** What was misread, and how often: words of an event's `decode`, and reasons of the quarantine. */
  counts: Schema.Record(Schema.String, Schema.Int),
  first_at: Schema.String,
  last_at: Schema.String,
  /** The newest text as it came, cut at 1,024 characters. */
  sample: Schema.String
}).annotate({ identifier: "MisreadHost" })
export type MisreadHostView = typeof MisreadHostView.Type

/** When a host was heard of last, and its name. No request may hold a NUL. */
// oxlint-disable-next-line no-control-regex -- it is what is left out
const cursor = cursorLike(/^[0-9]{1,16}:[^\u0000]{1,300}$/u)

export class DecodeReportGroup extends HttpApiGroup.make("decodeReport")
  .add(
    HttpApiEndpoint.get("list", "/decode-report", {
      query: { ...paging, cursor },
      success: Schema.Struct({ hosts: Schema.Array(MisreadHostView), pagination: Pagination }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "Hosts whose messages are misread, with how and a sample; heard of last comes first"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Decode report" }))
{}
