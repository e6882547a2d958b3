import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { DecodeReport } from "../../../layers/queue/DecodeReport.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { MisreadHostView } from "../../../src/api/web-ui/DecodeReport.ts"
import type { MisreadHost } from "../../../src/domain/DecodeReport.ts"
import { countsOf } from "../../../src/logic/MisreadTally.ts"
import { withinBytes } from "../../../src/logic/withinBytes.ts"
import { notUnderstood, paged } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

export const DecodeReportHandlers = HttpApiBuilder.group(
  WebUiApi,
  "decodeReport",
  Effect.fn(function*(handlers) {
    const report = yield* DecodeReport
    const { pageMaxBytes } = yield* WebUiSettings
    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        // Hosts are few: each page reads all of them.
        const hosts = yield* report.hosts.pipe(orUnavailable("decode report"))
        const { pagination, rows } = yield* paged(query, (limit, cursor) => pageOf(hosts, limit, cursor, pageMaxBytes))
        return { hosts: rows.map(viewOf), pagination }
      })
    })
  })
)

/** Continues after the cursor `<lastAt>:<hostname>`. A host heard of again meanwhile has moved to the front. */
const pageOf = (
  hosts: ReadonlyArray<MisreadHost>,
  limit: number,
  cursor: string | undefined,
  mostBytes: number
) =>
  Effect.suspend(() => {
    const [, last, name = ""] = cursor === undefined ? [] : /^(\d{1,16}):([^]+)$/.exec(cursor) ?? []
    if (cursor !== undefined && last === undefined) return Effect.fail(notUnderstood("The cursor cannot be read."))
    const after = last === undefined
      ? hosts
      : hosts.filter(({ hostname, lastAt }) => lastAt < Number(last) || (lastAt === Number(last) && hostname > name))
    const rows = after.slice(0, withinBytes(after.slice(0, limit).map(viewOf), mostBytes).length)
    const end = rows.at(-1)
    return Effect.succeed({
      rows,
      nextCursor: after.length > rows.length && end !== undefined ? `${end.lastAt}:${end.hostname}` : undefined
    })
  })

const viewOf = (host: MisreadHost): MisreadHostView => ({
  hostname: host.hostname,
  peer: host.peer ?? null,
  counts: Object.fromEntries(countsOf(host)),
  first_at: new Date(host.firstAt).toISOString(),
  last_at: new Date(host.lastAt).toISOString(),
  sample: host.sample
})
