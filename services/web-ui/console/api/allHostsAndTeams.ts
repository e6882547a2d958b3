import { Effect } from "effect"
import { allOf, next } from "./allOf.ts"
import type { Api } from "./client.ts"

/** Every entry of the development hosts and of the teams, by name. */
export const allHostsAndTeams = (api: Api) =>
  Effect.all({
    hosts: allOf<{ readonly hostname: string }, unknown>((query) =>
      Effect.map(api.devHosts.list({ query }), ({ hosts, pagination }) => ({ items: hosts, ...next(pagination) }))
    ),
    teams: allOf<{ readonly hostname: string; readonly team_assignment: string }, unknown>((query) =>
      Effect.map(api.teams.list({ query }), ({ pagination, teams }) => ({ items: teams, ...next(pagination) }))
    )
  })
