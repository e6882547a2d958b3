import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { makeEventArrivals } from "./eventArrivals.ts"
import { auditFailed } from "./eventAuditFailed.ts"
import { makeEventCounts } from "./eventCounts.ts"
import { EventList } from "./EventList.ts"
import { makeEventPages } from "./eventPages.ts"
import { makeHeardHosts } from "./heardHosts.ts"

/** Lists, counts and follows `event_audit_log`. */
export const EventListPostgres = Layer.effect(
  EventList,
  Effect.map(SqlClient.SqlClient, (sql) => {
    const [page, counts, arrivals] = [makeEventPages(sql), makeEventCounts(sql), makeEventArrivals(sql)]
    const hosts = makeHeardHosts(sql)
    return EventList.of({
      page: (query) => auditFailed(page(query)),
      counts: (query) => auditFailed(counts(query)),
      hosts: (query) => auditFailed(hosts(query)),
      arrivals: (filter, place, limit) => auditFailed(arrivals(filter, place, limit))
    })
  })
)
