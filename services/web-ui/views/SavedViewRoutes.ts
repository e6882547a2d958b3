import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { SavedViews } from "../../../layers/views/SavedViews.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { listed } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

const answered = orUnavailable("shared views")

export const SavedViewsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "savedViews",
  Effect.fn(function*(handlers) {
    const store = yield* SavedViews
    const { pageMaxBytes } = yield* WebUiSettings

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const all = yield* store.list.pipe(dbQueryTimed("get_views"), answered)
        const { more, rows } = listed(all, query.cursor, ({ name }) => name, pageMaxBytes)
        return { views: rows, ...more }
      }),
      byName: ({ params }) => store.view(params.name).pipe(dbQueryTimed("get_view"), answered),
      save: Effect.fnUntraced(function*({ params, payload }) {
        const author = yield* changeAuthor(payload)
        return yield* store.save(params.name, payload, author).pipe(dbQueryTimed("save_view"), answered)
      }),
      remove: Effect.fnUntraced(function*({ params, payload }) {
        const author = yield* changeAuthor(payload)
        yield* store.remove(params.name, author).pipe(dbQueryTimed("delete_view"), answered)
        return { message: "View deleted successfully" }
      })
    })
  })
)
