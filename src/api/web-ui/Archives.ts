import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ArchivedDay } from "../../domain/ArchivedDay.ts"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { cursorLike, limit, More } from "./paging.ts"

/** Days of events that are archived. */
export class ArchivesGroup extends HttpApiGroup.make("archives")
  .add(
    HttpApiEndpoint.get("list", "/archives", {
      query: {
        limit: Schema.optionalKey(limit),
        cursor: cursorLike(/^[0-9]{4,6}-[0-9]{2}-[0-9]{2} [01] [0-9]{6} [0-9a-f]{32}$/u)
      },
      success: Schema.Struct({ archives: Schema.Array(ArchivedDay), pagination: More }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "The days of events that are archived, newest first")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Archives" }))
{}
