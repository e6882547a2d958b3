import { Clock, Effect, Option, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { countedInShares, type CountLimits, plannedRows, sampleParts, standardLimits } from "./countedInShares.ts"
import { utc } from "./eventColumns.ts"
import type { HeardHost, HeardHosts, HostsQuery } from "./EventList.ts"

interface HostLimits extends CountLimits {
  /** Hosts that are told at most. */
  readonly hosts: number
  /** Names of one statement, and milliseconds of all of them. */
  readonly page: number
  readonly namesMs: number
}
const limitsOfHosts: HostLimits = { ...standardLimits, hosts: 50_000, page: 1_000, namesMs: 2_000 }

const decodeTallies = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({
    hostname: Schema.String,
    count: Schema.Int,
    lastAt: Schema.String,
    seen: Schema.Finite
  }))
)
const decodeNames = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ hostname: Schema.String, lastAt: Schema.String }))
)

/** Finds the hosts of the record: by a count of the newest events, and by a walk along the index of hosts. */
export const makeHeardHosts = (sql: SqlClient.SqlClient, limits: HostLimits = limitsOfHosts) => {
  const time = (text: string) => sql`${text}::text::timestamptz`

  const estimate = ({ from, to }: HostsQuery) =>
    Effect.flatMap(
      sql`EXPLAIN (FORMAT JSON) SELECT FROM event_audit_log
        WHERE received_at >= ${time(from)} AND received_at < ${time(to)}`,
      plannedRows
    )

  const tallies = (query: HostsQuery, share: number) => {
    const [from, to] = [Date.parse(query.from), Date.parse(query.to)]
    const step = share < 1 ? (to - from) / sampleParts : to - from
    const start = sql`${String(from)}::text::float8 + part * ${String(step)}::text::float8`
    return Effect.flatMap(
      sql`SELECT hostname, count(*)::int AS count, ${sql.literal(utc("max(at)", "MS"))} AS "lastAt",
          (sum(count(*)) OVER ())::float8 AS seen
        FROM (
          SELECT looked.* FROM generate_series(0, ${share < 1 ? sampleParts - 1 : 0}::int) AS part, LATERAL (
            SELECT received_at AS at, hostname FROM event_audit_log
            WHERE received_at >= to_timestamp((${start}) / 1000)
              AND received_at < to_timestamp((${start} + ${String(step * share)}::text::float8) / 1000)
          ) AS looked LIMIT ${limits.counted + 1}::int
        ) AS taken
        GROUP BY hostname ORDER BY count(*) DESC, hostname LIMIT ${limits.hosts + 1}::int`,
      decodeTallies
    )
  }

  /** The next names after one, each found by one look into the index however many events its host has. */
  const namesAfter = (after: string, since: string) => {
    const next = (name: Statement.Fragment) =>
      sql`SELECT hostname FROM event_audit_log WHERE hostname > ${name} AND event_timestamp >= ${time(since)}
        ORDER BY hostname LIMIT 1`
    return sql`WITH RECURSIVE named AS (
        (${next(sql`${after}::text`)})
        UNION ALL
        SELECT following.hostname FROM named, LATERAL (${next(sql`named.hostname`)}) AS following
      )
      SELECT hostname, ${sql.literal(utc("received_at", "MS"))} AS "lastAt" FROM named, LATERAL (
        SELECT received_at FROM event_audit_log AS newest
        WHERE newest.hostname = named.hostname AND event_timestamp >= ${time(since)}
        ORDER BY event_timestamp DESC LIMIT 1
      ) AS last LIMIT ${limits.page}::int`.pipe(
      Effect.flatMap(decodeNames),
      (looking) => sql.withTransaction(Effect.andThen(sql`SET LOCAL enable_seqscan = off`, looking))
    )
  }

  /** All names with their newest event, or those that there was time for. */
  const names = Effect.fnUntraced(function*({ since }: HostsQuery) {
    const until = (yield* Clock.currentTimeMillis) + limits.namesMs
    const all: Array<{ readonly hostname: string; readonly lastAt: string }> = []
    for (let after = "";;) {
      const left = until - (yield* Clock.currentTimeMillis)
      if (left <= 0 || all.length > limits.hosts) return { all, complete: false }
      const page = yield* Effect.timeoutOption(namesAfter(after, since), `${left} millis`)
      if (Option.isNone(page)) return { all, complete: false }
      all.push(...page.value)
      const last = page.value.at(-1)
      if (last === undefined || page.value.length < limits.page) return { all, complete: true }
      after = last.hostname
    }
  })

  return Effect.fnUntraced(function*(query: HostsQuery) {
    const counting = Effect.flatMap(
      estimate(query),
      (rows) => countedInShares(sql, limits, rows, (share) => tallies(query, share), ([first]) => first?.seen ?? 0)
    )
    const [{ found, share }, { all, complete }] = yield* Effect.all([counting, names(query)], { concurrency: 2 })
    const heard = new Map<string, HeardHost>(all.map((host) => [host.hostname, { ...host, count: 0 }]))
    for (const { count, hostname, lastAt } of found) {
      const known = heard.get(hostname)
      const newest = known === undefined || known.lastAt < lastAt ? lastAt : known.lastAt
      heard.set(hostname, { hostname, lastAt: newest, count: Math.round(count / share) })
    }
    const hosts = [...heard.values()].sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
    return {
      hosts: hosts.slice(0, limits.hosts),
      exact: share === 1,
      complete: complete && hosts.length <= limits.hosts
    } satisfies HeardHosts
  })
}
