import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { listed } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

const nameOf = ({ hostname }: { readonly hostname: string }): string => hostname

export const DevHostsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "devHosts",
  Effect.fn(function*(handlers) {
    const rules = yield* RuleRepository
    const { pageMaxBytes } = yield* WebUiSettings
    const answered = orUnavailable("development hosts")

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const hosts = yield* rules.developmentHosts.pipe(dbQueryTimed("get_dev_hosts"), answered)
        const all = hosts.map((hostname) => ({ hostname }))
        const { more, rows } = listed(all, query.cursor, nameOf, pageMaxBytes)
        return { hosts: rows, ...more }
      }),
      add: Effect.fnUntraced(function*({ payload }) {
        yield* rules.addDevelopmentHost(payload.hostname, yield* changeAuthor(payload)).pipe(answered)
        return { message: "Dev host added successfully" }
      }),
      remove: Effect.fnUntraced(function*({ params, payload }) {
        yield* rules.removeDevelopmentHost(params.hostname, yield* changeAuthor(payload)).pipe(answered)
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
    const { pageMaxBytes } = yield* WebUiSettings
    const answered = orUnavailable("teams")

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const teams = yield* rules.teams.pipe(dbQueryTimed("get_teams"), answered)
        const all = teams.map(({ hostname, team }) => ({ hostname, team_assignment: team }))
        const { more, rows } = listed(all, query.cursor, nameOf, pageMaxBytes)
        return { teams: rows, ...more }
      }),
      add: Effect.fnUntraced(function*({ payload }) {
        yield* rules.addTeam(payload.hostname, payload.team_assignment, yield* changeAuthor(payload)).pipe(answered)
        return { message: "Team mapping added successfully" }
      }),
      update: Effect.fnUntraced(function*({ params, payload }) {
        yield* rules.updateTeam(params.hostname, payload.team_assignment, yield* changeAuthor(payload)).pipe(answered)
        return { message: "Team mapping updated successfully" }
      }),
      remove: Effect.fnUntraced(function*({ params, payload }) {
        yield* rules.removeTeam(params.hostname, yield* changeAuthor(payload)).pipe(answered)
        return { message: "Team mapping deleted successfully" }
      })
    })
  })
)
