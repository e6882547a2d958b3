import { keepPreviousData, QueryClient, useQuery, type UseQueryResult } from "@tanstack/react-query"
import type { Effect } from "effect"
import { type Api, ask } from "./client.ts"
import { troubleOf } from "./problems.ts"

/** Nobody wants an answer again that says that the question was wrong. */
const worthAgain = new Set(["Offline", "Unavailable"])

/** What was read is kept while a source is away, and asked for again until it answers. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && worthAgain.has(troubleOf(error).tag),
      retryDelay: (count) => Math.min(30_000, 1_000 * 2 ** count),
      refetchOnWindowFocus: true,
      networkMode: "always"
    }
  }
})

interface Reading {
  /** Milliseconds after which it is read again; absent: when the page comes to the front. */
  readonly every?: number
  readonly enabled?: boolean
  /** Shows what the question before was answered until the answer to this one is here. */
  readonly keep?: boolean
}

/** Reads from the API and keeps it under `key`: the same key is read once, whoever asks. */
export const useAsk = <A, E>(
  key: ReadonlyArray<unknown>,
  request: (api: Api) => Effect.Effect<A, E>,
  { enabled = true, every, keep = false }: Reading = {}
): UseQueryResult<A> =>
  useQuery<A>({
    queryKey: key,
    queryFn: ({ signal }) => ask(request, signal),
    enabled,
    ...(every === undefined ? {} : { refetchInterval: every }),
    ...(keep ? { placeholderData: keepPreviousData } : {})
  })
