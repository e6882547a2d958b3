import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { problem } from "./Problem.ts"
import { storable } from "./storable.ts"

export const viewLimits = { views: 500, name: 100, query: 4_000 } as const

/** A page of the console, as `dead-letters`. */
const PageName = Schema.String.check(
  Schema.isPattern(/^[a-z](?:[a-z-]{0,30}[a-z])?$/, { message: "Is no name of a page, such as dead-letters." })
)
/** What is behind the `?` of its address. */
const Query = Schema.String.check(Schema.isMaxCodePoints(viewLimits.query), storable)

/** What people say of a view, beside its name. */
export const ViewContent = Schema.Struct({ page: PageName, query: Query })
export type ViewContent = typeof ViewContent.Type

/** A view of the console that all share. */
export const SavedView = Schema.Struct({
  name: Schema.String,
  page: Schema.String,
  query: Schema.String,
  /** Who saved it last. */
  by: Schema.String,
  at: Schema.String
}).annotate({ identifier: "SavedView" })
export type SavedView = typeof SavedView.Type

/** The columns of a view that the audit tells. */
export const toViewColumns = ({ by, name, page, query }: SavedView) => ({ name, page, query, saved_by: by })

export class ViewNotFound extends HttpApiError.Problem<ViewNotFound>()(...problem("ViewNotFound", 404, {})) {}

/** As many views are shared as may be. */
export class ViewsFull extends HttpApiError.Problem<ViewsFull>()(...problem("ViewsFull", 409, {})) {}

export const viewNotFound = () => new ViewNotFound({ detail: "There is no such view." })
export const viewsFull = (most: number) =>
  new ViewsFull({ detail: `${most} views are shared, and no more may be. Remove one that nobody uses.` })
