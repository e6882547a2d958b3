import { useInfiniteQuery } from "@tanstack/react-query"
import { Effect, Struct } from "effect"
import { useEffect } from "react"
import type { HostView } from "../../../../../src/api/web-ui/HeardHosts.ts"
import type { Environment } from "../../../../../src/domain/Rule.ts"
import { allHostsAndTeams } from "../../api/allHostsAndTeams.ts"
import { type Api, ask } from "../../api/client.ts"
import { everyPage } from "../../api/everyPage.ts"
import { useTold } from "../../api/Feed.ts"
import { useAsk } from "../../api/query.ts"
import type { ReadAll } from "../../parts/Export.tsx"
import { readHostsAgain } from "./changeHosts.ts"
import { patternsOf } from "./patterns.ts"
import type { Search } from "./search.ts"

const perPage = 200
/** Pages of hosts that the counts of the patterns come from. */
const mostPages = 5

const environmentOf = (text: string | undefined): Environment | undefined =>
  text === "dev" || text === "prod" ? text : undefined
const quietOf = (text: string | undefined): "0" | "1" | undefined => text === "1" || text === "0" ? text : undefined

/** What `GET /hosts` is asked. */
const queryOf = ({ env, q, quiet, team }: Search) => {
  const environment = environmentOf(env)
  const silent = quietOf(quiet)
  return {
    limit: perPage,
    ...(q === undefined ? {} : { text: q }),
    ...(team === undefined ? {} : { team }),
    ...(environment === undefined ? {} : { env: environment }),
    ...(silent === undefined ? {} : { quiet: silent })
  }
}

const page = (query: ReturnType<typeof queryOf>, cursor: string, signal: AbortSignal) =>
  ask((api) => api.heardHosts.list({ query: cursor === "" ? query : { ...query, cursor } }), signal)

/** Hosts that were heard of, page by page. */
export const useHeardHosts = (address: Search, enabled: boolean) => {
  const query = queryOf(address)
  return useInfiniteQuery({
    queryKey: ["hosts", query],
    queryFn: ({ pageParam, signal }) => page(query, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: ({ pagination }) => pagination.next_cursor,
    enabled
  })
}

/** Every host that the address asks for. */
export const allHosts = (address: Search): ReadAll => (signal) =>
  everyPage(async (cursor) => {
    const { hosts, pagination } = await page(queryOf(address), cursor, signal)
    return {
      rows: hosts.map((host) => Struct.assign(host, { silenced_by: host.silenced_by.join(" ") })),
      next: pagination.next_cursor
    }
  })

export const exportColumns = [
  "hostname",
  "last_at",
  "count_24h",
  "environment",
  "environment_by",
  "team",
  "team_by",
  "silenced_by"
] as const satisfies ReadonlyArray<keyof HostView>

/** Reads hosts and patterns again when rules, hosts or teams change. */
export const useHostChanges = (): void => {
  const told = useTold("rules")
  useEffect(() => {
    if (told !== undefined) void readHostsAgain()
  }, [told])
}

const allPatterns = (api: Api) => Effect.map(allHostsAndTeams(api), ({ hosts, teams }) => patternsOf(hosts, teams))

/** All names and patterns that say what a host is. */
export const usePatterns = () => useAsk(["patterns"], allPatterns)

/** The first hosts, to count what each pattern covers; `whole`: there are no more. */
const countedHosts = (api: Api) =>
  Effect.gen(function*() {
    const hosts: Array<HostView> = []
    let cursor: string | undefined
    for (let page = 0; page < mostPages; page++) {
      const query = { limit: perPage, ...(cursor === undefined ? {} : { cursor }) }
      const found: Effect.Success<ReturnType<typeof api.heardHosts.list>> = yield* api.heardHosts.list({ query })
      hosts.push(...found.hosts)
      cursor = found.pagination.next_cursor
      if (cursor === undefined) return { hosts, whole: found.complete }
    }
    return { hosts, whole: false }
  })

export const useCountedHosts = (enabled: boolean) => useAsk(["hosts", "counted"], countedHosts, { enabled })
