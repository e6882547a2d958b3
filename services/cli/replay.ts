import { Effect } from "effect"
import type { DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import type { Api } from "./api.ts"

const idsPerRequest = 200

/** Lists the ids of a queue, newest first; with a `cause`, only those with this reason. */
export const deadLetterIds = Effect.fnUntraced(
  function*({ deadLetters }: Api, queue: DeadLetterQueue, cause: string | undefined) {
    const ids: Array<string> = []
    let before: string | undefined
    do {
      const query: { limit: number; before?: string } = before === undefined
        ? { limit: idsPerRequest }
        : { limit: idsPerRequest, before }
      const found = yield* deadLetters.list({ params: { queue }, query })
      for (const { id, reason } of found.dead_letters) if (cause === undefined || reason === cause) ids.push(id)
      before = found.pagination.next_before
    } while (before !== undefined)
    return ids
  }
)

interface Replayed {
  readonly replayed: ReadonlyArray<string>
  readonly missing: ReadonlyArray<string>
  readonly unreadable: ReadonlyArray<{ readonly id: string; readonly reason: string; readonly detail: string }>
  readonly cut: ReadonlyArray<string>
  readonly later: ReadonlyArray<string>
}

/** Replays the oldest first, and stops when the queue has no room. */
export const replayAll = <E, R>(
  { deadLetters }: Api,
  queue: DeadLetterQueue,
  newestFirst: Effect.Effect<ReadonlyArray<string>, E, R>,
  why: { readonly reason?: string }
) =>
  Effect.gen(function*() {
    let left = [...yield* newestFirst].reverse()
    const found = { replayed: [], missing: [], unreadable: [], cut: [], later: [] } satisfies Replayed
    const all: { [K in keyof Replayed]: Array<Replayed[K][number]> } = found
    while (left.length > 0) {
      const some = yield* deadLetters.replay({
        params: { queue },
        payload: { ids: left.slice(0, idsPerRequest), ...why }
      })
      all.replayed.push(...some.replayed)
      all.missing.push(...some.missing)
      all.unreadable.push(...some.unreadable ?? [])
      all.cut.push(...some.cut ?? [])
      const later = some.later ?? []
      left = [...later, ...left.slice(idsPerRequest)]
      if (later.length > 0 && some.replayed.length === 0) {
        all.later.push(...left)
        break
      }
    }
    return all
  })

export const replayWords = ({ cut, later, missing, replayed, unreadable }: Replayed): ReadonlyArray<string> => {
  const reasons = new Map<string, number>()
  for (const { reason } of unreadable) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  const named = [...reasons].map(([reason, count]) => `${reason} ${count}`).join(", ")
  return [
    `${replayed.length} replayed.`,
    ...(unreadable.length === 0 ? [] : [`${unreadable.length} still can't be read and stay: ${named}.`]),
    ...(cut.length === 0 ? [] : [`${cut.length} stay: only a part of each was kept.`]),
    ...(later.length === 0 ? [] : [`${later.length} stay: the queue has no room now. Ask again when it has drained.`]),
    ...(missing.length === 0 ? [] : [`${missing.length} were not there.`])
  ]
}
