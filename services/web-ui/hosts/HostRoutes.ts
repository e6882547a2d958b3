import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { HostExists, HostNotFound } from "../../../src/api/web-ui/Hosts.ts"
import { changeOf, unavailable } from "../http/changeAuthor.ts"
import { listed } from "../http/paging.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

const notFound = () => Effect.fail(new HostNotFound({ detail: "Hostname not found" }))

const nameOf = ({ hostname }: { readonly hostname: string }): string => hostname

export const DevHostsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "devHosts",
  Effect.fn(function*(handlers) {
    const book = yield* RuleRepository
    const { pageMaxBytes } = yield* WebUiSettings
    const unreachable = unavailable("development hosts")
    const exists = () => Effect.fail(new HostExists({ detail: "Hostname already exists" }))

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const hosts = yield* book.developmentHosts.pipe(
          dbQueryTimed("get_dev_hosts"),
          Effect.catchTag("RuleBookUnavailable", unreachable)
        )
        const all = hosts.map((hostname) => ({ hostname }))
        const { more, rows } = listed(all, query.cursor, nameOf, pageMaxBytes)
        return { hosts: rows, ...more }
      }),
      add: Effect.fnUntraced(function*({ payload }) {
        yield* book.addDevelopmentHost(payload.hostname, yield* changeOf(payload)).pipe(
          Effect.catchTags({ HostExists: exists, RuleBookUnavailable: unreachable })
        )
        return { message: "Dev host added successfully" }
      }),
      remove: Effect.fnUntraced(function*({ params, payload }) {
        yield* book.removeDevelopmentHost(params.hostname, yield* changeOf(payload)).pipe(
          Effect.catchTags({ HostNotFound: notFound, RuleBookUnavailable: unreachable })
        )
        return { message: "Dev host deleted successfully" }
      })
    })
  })
)

export const TeamsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "teams",
  Effect.fn(function*(handlers) {
    const book = yield* RuleRepository
    const { pageMaxBytes } = yield* WebUiSettings
    const unreachable = unavailable("teams")
    const exists = () => Effect.fail(new HostExists({ detail: "Hostname already has a team assignment" }))

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const teams = yield* book.teams.pipe(
          dbQueryTimed("get_teams"),
          Effect.catchTag("RuleBookUnavailable", unreachable)
        )
        const all = teams.map(({ hostname, team }) => ({ hostname, team_assignment: team }))
        const { more, rows } = listed(all, query.cursor, nameOf, pageMaxBytes)
        return { teams: rows, ...more }
      }),
      add: Effect.fnUntraced(function*({ payload }) {
        yield* book.addTeam(payload.hostname, payload.team_assignment, yield* changeOf(payload)).pipe(
          Effect.catchTags({ HostExists: exists, RuleBookUnavailable: unreachable })
        )
        return { message: "Team mapping added successfully" }
      }),
      update: Effect.fnUntraced(function*({ params, payload }) {
        yield* book.updateTeam(params.hostname, payload.team_assignment, yield* changeOf(payload)).pipe(
          Effect.catchTags({ HostNotFound: notFound, RuleBookUnavailable: unreachable })
        )
        return { message: "Team mapping updated successfully" }
      }),
      remove: Effect.fnUntraced(function*({ params, payload }) {
        yield* book.removeTeam(params.hostname, yield* changeOf(payload)).pipe(
          Effect.catchTags({ HostNotFound: notFound, RuleBookUnavailable: unreachable })
        )
        return { message: "Team mapping deleted successfully" }
      })
    })
  })
)
