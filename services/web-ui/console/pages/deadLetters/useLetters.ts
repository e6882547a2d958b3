import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { Schema } from "effect"
import type { DeadLetterQueue } from "../../../../../src/domain/DeadLetter.ts"
import { ask } from "../../api/client.ts"
import { everyPage } from "../../api/everyPage.ts"
import { useTold } from "../../api/Feed.ts"
import { queries, useAsk } from "../../api/query.ts"
import type { ReadAll } from "../../parts/Export.tsx"
import { findGroups } from "./find.ts"
import { hostOf, messageOf, type Narrowing } from "./letters.ts"

const Counts = Schema.Struct({ events: Schema.Int, alerts: Schema.Int, quarantine: Schema.Int })
const isCounts = Schema.is(Counts)

/** How many are kept in each queue, as told last. */
export const useCounts = () => {
  const told = useTold("dead_letters")
  const read = useAsk(["letters", "counts"], (api) => api.deadLetters.counts(), { every: 15_000 })
  const isNewer = told !== undefined && told.at > read.dataUpdatedAt
  return isNewer && isCounts(told.data) ? told.data : read.data?.counts
}

const page = 50

const lettersOf = (queue: DeadLetterQueue, filter: Narrowing, before: string, limit: number, signal: AbortSignal) =>
  ask(
    (api) =>
      api.deadLetters.list({
        params: { queue },
        query: { ...filter, limit, ...(before === "" ? {} : { before }) }
      }),
    signal
  )

/** Dead letters of a queue, newest first, page by page. */
export const useLetters = (queue: DeadLetterQueue, filter: Narrowing) =>
  useInfiniteQuery({
    queryKey: ["letters", "list", queue, filter],
    queryFn: ({ pageParam, signal }) => lettersOf(queue, filter, pageParam, page, signal),
    initialPageParam: "",
    getNextPageParam: ({ pagination }) => pagination.next_before,
    // Rows stay where they are until somebody asks for what came meanwhile.
    refetchOnWindowFocus: false
  })

/** The same by reason and detail. */
export const useGroups = (queue: DeadLetterQueue, filter: Narrowing) =>
  useQuery({
    queryKey: ["letters", "groups", queue, filter],
    queryFn: ({ signal }) => findGroups(queue, filter, signal),
    refetchOnWindowFocus: false
  })

/** Every dead letter that a filter finds. */
export const allLetters = (queue: DeadLetterQueue, filter: Narrowing): ReadAll => (signal) =>
  everyPage(async (before) => {
    const { dead_letters, pagination } = await lettersOf(queue, filter, before, 200, signal)
    return {
      rows: dead_letters.map(({ at, attempts, detail, id, payload, reason }) => ({
        at,
        reason,
        host: hostOf(payload) ?? null,
        detail,
        message: messageOf(payload),
        tries: attempts.length,
        id,
        payload
      })),
      next: pagination.next_before
    }
  })

export const exportColumns = ["at", "reason", "host", "detail", "message", "tries", "id", "payload"] as const

export const readLettersAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: ["letters"] })
