import { Effect, Struct } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ArchivedDays } from "../../../layers/archive/ArchivedDays.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { limitOf, readListed } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

export const ArchivesHandlers = HttpApiBuilder.group(
  WebUiApi,
  "archives",
  Effect.fn(function*(handlers) {
    const days = yield* ArchivedDays
    const { pageMaxBytes } = yield* WebUiSettings

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const read = (after: string, most: number) => days.list(after, most).pipe(dbQueryTimed("get_archives"))
        const page = { ...query, limit: limitOf(query) }
        const { more, rows } = yield* readListed(read, page, ({ place }) => place, pageMaxBytes).pipe(
          orUnavailable("archived days")
        )
        return { archives: rows.map((row) => Struct.omit(row, ["place"])), ...more }
      })
    })
  })
)
