import { Effect } from "effect"
import { allOf, next } from "./allOf.ts"
import type { Api } from "./client.ts"

/** Rows of one answer: the server holds no more of them at a time. */
const limit = 2_000

/** Every entry of the development hosts and of the teams, by name. */
export const allHostsAndTeams = (api: Api) =>
  Effect.all({
    hosts: allOf<{ readonly hostname: string }, unknown>((query) =>
      Effect.map(
        api.devHosts.list({ query: { ...query, limit } }),
        ({ hosts, pagination }) => ({ items: hosts, ...next(pagination) })
      )
    ),
    teams: allOf<{ readonly hostname: string; readonly team_assignment: string }, unknown>((query) =>
      Effect.map(
        api.teams.list({ query: { ...query, limit } }),
        ({ pagination, teams }) => ({ items: teams, ...next(pagination) })
      )
    )
  })
