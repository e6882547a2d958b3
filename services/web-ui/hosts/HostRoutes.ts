import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { StoredRuleSet } from "../../../src/domain/RuleSetFile.ts"
import type { VersionSeen } from "../../../src/domain/SettingProblems.ts"
import { setETag } from "../http/conditions.ts"
import { readListed } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { JudgedEdits, wholeSeen } from "../rules/JudgedEdits.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

const nameOf = ({ hostname }: { readonly hostname: string }): string => hostname

/** All with other hosts or teams, for who saw them as they are. That one is there or not is for the store to say. */
const changed =
  (change: (there: StoredRuleSet) => Partial<StoredRuleSet>) => (there: StoredRuleSet, seen: VersionSeen) =>
    Effect.as(wholeSeen(there, seen), { ...there, ...change(there) })

/** Puts the version of rules, hosts, teams and tests into the answer. Read before the rows: it may only be too old. */
const tagged = Effect.fnUntraced(function*(rules: RuleRepository["Service"]) {
  const [newest] = yield* rules.versions(1)
  yield* setETag({ epoch: "", version: newest?.version ?? 0 })
})

export const DevHostsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "devHosts",
  Effect.fn(function*(handlers) {
    const rules = yield* RuleRepository
    const edits = yield* JudgedEdits
    const { pageMaxBytes } = yield* WebUiSettings
    const answered = orUnavailable("development hosts")

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        yield* tagged(rules).pipe(answered)
        const read = (after: string, most: number) =>
          Effect.map(
            rules.developmentHostsAfter(after, most).pipe(dbQueryTimed("get_dev_hosts")),
            (names) => names.map((hostname) => ({ hostname }))
          )
        const { more, rows } = yield* readListed(read, query, nameOf, pageMaxBytes).pipe(answered)
        return { hosts: rows, ...more }
      }),
      add: Effect.fnUntraced(function*({ headers, payload }) {
        const name = payload.hostname.toLowerCase()
        yield* edits.edit(headers, payload, {
          after: changed((there) => ({ developmentHosts: [...there.developmentHosts, name] })),
          write: (request) => rules.addDevelopmentHost(name, request)
        }).pipe(answered)
        return { message: "Dev host added successfully" }
      }),
      remove: Effect.fnUntraced(function*({ headers, params, payload }) {
        const name = params.hostname.toLowerCase()
        yield* edits.edit(headers, payload, {
          after: changed((there) => ({ developmentHosts: there.developmentHosts.filter((host) => host !== name) })),
          write: (request) => rules.removeDevelopmentHost(name, request)
        }).pipe(answered)
        return { message: "Dev host deleted successfully" }
      })
    })
  })
)

export const TeamsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "teams",
  Effect.fn(function*(handlers) {
    const rules = yield* RuleRepository
    const edits = yield* JudgedEdits
    const { pageMaxBytes } = yield* WebUiSettings
    const answered = orUnavailable("teams")

    /** The teams of all hosts but this one, and its new one if it has any. */
    const withTeam = (hostname: string, team?: string) =>
      changed(({ teams }) => ({
        teams: [
          ...teams.filter((one) => one.hostname !== hostname),
          ...(team === undefined ? [] : [{ hostname, team }])
        ]
      }))

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        yield* tagged(rules).pipe(answered)
        const read = (after: string, most: number) =>
          Effect.map(
            rules.teamsAfter(after, most).pipe(dbQueryTimed("get_teams")),
            (teams) => teams.map(({ hostname, team }) => ({ hostname, team_assignment: team }))
          )
        const { more, rows } = yield* readListed(read, query, nameOf, pageMaxBytes).pipe(answered)
        return { teams: rows, ...more }
      }),
      add: Effect.fnUntraced(function*({ headers, payload }) {
        const name = payload.hostname.toLowerCase()
        yield* edits.edit(headers, payload, {
          after: withTeam(name, payload.team_assignment),
          write: (request) => rules.addTeam(name, payload.team_assignment, request)
        }).pipe(answered)
        return { message: "Team mapping added successfully" }
      }),
      update: Effect.fnUntraced(function*({ headers, params, payload }) {
        const name = params.hostname.toLowerCase()
        yield* edits.edit(headers, payload, {
          after: withTeam(name, payload.team_assignment),
          write: (request) => rules.updateTeam(name, payload.team_assignment, request)
        }).pipe(answered)
        return { message: "Team mapping updated successfully" }
      }),
      remove: Effect.fnUntraced(function*({ headers, params, payload }) {
        const name = params.hostname.toLowerCase()
        yield* edits.edit(headers, payload, {
          after: withTeam(name),
          write: (request) => rules.removeTeam(name, request)
        }).pipe(answered)
        return { message: "Team mapping deleted successfully" }
      })
    })
  })
)
