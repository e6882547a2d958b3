import { Clock, Duration, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import type { HeardHost } from "../../../layers/audit/EventList.ts"
import { RuleRepository, RulesMoved } from "../../../layers/rules/RuleRepository.ts"
import { SilenceRepository } from "../../../layers/silence/SilenceRepository.ts"
import { Unavailable } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { HostView } from "../../../src/api/web-ui/HeardHosts.ts"
import { isoText } from "../../../src/decode/fields/calendar.ts"
import type { Environment } from "../../../src/domain/Rule.ts"
import { planRuleSet } from "../../../src/logic/planRuleSet.ts"
import { Turns } from "../../../src/logic/Turns.ts"
import type { HostPatterns } from "../../../src/matching/hostPatterns.ts"
import { setETag } from "../http/conditions.ts"
import { limitOf } from "../http/paging.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { JudgedEdits, wholeSeen } from "../rules/JudgedEdits.ts"
import { invalid } from "../rules/ruleCodec.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { dayMs, heardDays, HeardHosts } from "./HeardHosts.ts"
import { HostPatternsNow } from "./HostPatternsNow.ts"
import { hostSilences, type SilencesOf } from "./hostSilences.ts"
import { importedView, namedTwice, withImported } from "./importHosts.ts"

const answered = orUnavailable("hosts")
/** Hosts that are compared with patterns before the event loop may turn. */
const atOnce = 50

export const HeardHostsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "heardHosts",
  Effect.fn(function*(handlers) {
    const heard = yield* HeardHosts
    const rules = yield* RuleRepository
    const silences = yield* SilenceRepository
    const edits = yield* JudgedEdits
    const { searchSeconds } = yield* WebUiSettings
    const turns = new Turns()

    /** Bounds a look at the record in time. The statement is cancelled. */
    const bounded = <A, R>(look: Effect.Effect<A, EventAuditFailed, R>) =>
      look.pipe(
        Effect.catch(unavailable("events")),
        Effect.timeoutOrElse({
          duration: Duration.seconds(searchSeconds),
          orElse: () =>
            Effect.fail(
              new Unavailable({
                outcome: "unchanged",
                detail: `The record did not answer within ${searchSeconds} seconds. Ask again later.`
              })
            )
        })
      )
    const patterns = (yield* HostPatternsNow).get.pipe(dbQueryTimed("get_host_tables"), answered)
    const silencesNow = Effect.flatMap(
      Clock.currentTimeMillis,
      (now) => hostSilences(silences.list, now).pipe(dbQueryTimed("get_silences"), answered)
    )

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const limit = limitOf(query)
        const { asOf, complete, exact, hosts } = yield* bounded(heard.all)
        const known = yield* patterns
        const dayAgo = isoText(Date.parse(asOf) - dayMs)
        const found = yield* turns.run(fitting(hosts, { ...query, dayAgo }, known, limit + 1))
        const silencesOf = yield* silencesNow
        const rows = found.slice(0, limit)
        const last = found.length > limit ? rows.at(-1) : undefined
        return {
          hosts: rows.map((host) => hostView(host, known, silencesOf)),
          exact,
          complete,
          days: heardDays,
          as_of: asOf,
          pagination: {
            limit,
            has_more: last !== undefined,
            ...(last === undefined ? {} : { next_cursor: last.hostname })
          }
        }
      }),
      byName: Effect.fnUntraced(function*({ params }) {
        const { asOf, exact, ...host } = yield* bounded(heard.one(params.hostname.toLowerCase()))
        return { ...hostView(host, yield* patterns, yield* silencesNow), exact, as_of: asOf }
      }),
      import: Effect.fnUntraced(function*({ headers, payload }) {
        const { dry_run = false, rows } = payload
        const twice = namedTwice(rows)
        if (twice.length > 0) return yield* invalid(twice.slice(0, 20))
        const { plan, version } = yield* edits.edit(headers, payload, {
          after: (there, seen) => Effect.as(wholeSeen(there, seen), { ...there, ...withImported(there, rows) }),
          write: ({ actor, correlationId, reason }, there, wanted) =>
            dry_run
              ? Effect.succeed({ plan: planRuleSet(there, wanted), version: there.version })
              : rules.replaceRuleSet(wanted, there.version, { actor, correlationId, reason }).pipe(
                dbQueryTimed("import_hosts"),
                Effect.map((done) => ({ plan: done, version: done.version })),
                // Another change came between: what was judged is judged again.
                Effect.catchTag("VersionStale", (stale) => Effect.fail(new RulesMoved({ version: stale.version })))
              )
        }).pipe(answered)
        yield* setETag({ epoch: "", version })
        return importedView(plan, rows, { dry_run, version })
      })
    })
  })
)

interface Asked {
  readonly cursor?: string
  readonly team?: string
  readonly env?: Environment
  readonly quiet?: "0" | "1"
  readonly text?: string
  /** A host is quiet when it was not heard of since then. */
  readonly dayAgo: string
}

/** The first hosts that fit, with pauses: each may be compared with many patterns. */
function* fitting(
  hosts: ReadonlyArray<HeardHost>,
  { cursor = "", dayAgo, env, quiet, team, text }: Asked,
  { environmentOf, teamOf }: HostPatterns,
  most: number
): Generator<void, ReadonlyArray<HeardHost>> {
  const part = text?.toLowerCase() ?? ""
  const found: Array<HeardHost> = []
  for (const [index, host] of hosts.entries()) {
    if (index % atOnce === atOnce - 1) yield
    const { count, hostname, lastAt } = host
    if (hostname <= cursor || !hostname.includes(part)) continue
    // Of a host with few events a sample may have none.
    if (quiet !== undefined && (count === 0 && lastAt < dayAgo) !== (quiet === "1")) continue
    if (env !== undefined && environmentOf(hostname) !== env) continue
    if (team !== undefined && teamOf(hostname) !== team) continue
    found.push(host)
    if (found.length === most) break
  }
  return found
}

const hostView = (
  { count, hostname, lastAt }: Omit<HeardHost, "lastAt"> & { readonly lastAt: string | null },
  { environmentBy, environmentOf, teamBy, teamOf }: HostPatterns,
  silencesOf: SilencesOf
): HostView => ({
  hostname,
  last_at: lastAt,
  count_24h: count,
  environment: environmentOf(hostname),
  environment_by: environmentBy(hostname) ?? null,
  team: teamOf(hostname),
  team_by: teamBy(hostname) ?? null,
  silenced_by: silencesOf(hostname, environmentOf(hostname))
})
