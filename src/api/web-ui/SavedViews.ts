import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { SavedView, ViewContent, viewLimits, ViewNotFound, ViewsFull } from "../../domain/SavedView.ts"
import { Authenticated, OperatorOnly, ViewerOnly } from "../shared/Access.ts"
import { Reason, ReasonOnly, text } from "../shared/fields.ts"
import { Idempotent } from "../shared/Idempotency.ts"
import { Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { cursor, More } from "./paging.ts"

const params = { name: text(viewLimits.name) }

/** Views of the console that all share: a page, and what is asked of it. */
export class SavedViewsGroup extends HttpApiGroup.make("savedViews")
  .add(
    HttpApiEndpoint.get("list", "/views", {
      query: { cursor },
      success: Schema.Struct({ views: Schema.Array(SavedView), pagination: More }),
      error: Unavailable
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "All shared views, by name"),
    HttpApiEndpoint.get("byName", "/views/:name", { params, success: SavedView, error: [ViewNotFound, Unavailable] })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "One shared view"),
    HttpApiEndpoint.put("save", "/views/:name", {
      params,
      payload: Schema.Struct({ ...ViewContent.fields, reason: Reason }),
      success: SavedView,
      error: [ViewsFull, Unavailable]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Share a view, or change it"),
    HttpApiEndpoint.delete("remove", "/views/:name", {
      params,
      payload: ReasonOnly,
      success: Schema.Struct({ message: Schema.String }),
      error: [ViewNotFound, Unavailable]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Remove a shared view")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Shared views" }))
{}
