import { Effect } from "effect"
import type { LetterFilter, Swept } from "../../src/api/web-ui/DeadLetterFilters.ts"
import type { DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import type { Api } from "./api.ts"

/** What became of those that were named. */
export interface Moved {
  readonly moved: number
  readonly unreadable: ReadonlyArray<{ readonly reason: string; readonly count: number }>
  readonly cut: number
  /** Were not there. */
  readonly missing: number
  /** The queue has no room. */
  readonly left: number
}

const idsPerRequest = 200

interface Named {
  readonly ids: ReadonlyArray<string>
  readonly reason?: string
}

/** Replays what is named, and stops when the queue has no room. */
export const replayIds = Effect.fnUntraced(
  function*({ deadLetters }: Api, queue: DeadLetterQueue, { ids, ...why }: Named) {
    const reasons = new Map<string, number>()
    let [moved, cut, missing] = [0, 0, 0]
    let left = ids
    while (left.length > 0) {
      const some = yield* deadLetters.replay({
        params: { queue },
        payload: { ids: left.slice(0, idsPerRequest), ...why }
      })
      if ("matched" in some) break
      moved += some.replayed.length
      missing += some.missing.length
      cut += some.cut?.length ?? 0
      for (const { reason } of some.unreadable ?? []) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      const later = some.later ?? []
      left = [...later, ...left.slice(idsPerRequest)]
      if (later.length > 0 && some.replayed.length === 0) break
    }
    const unreadable = Array.from(reasons, ([reason, count]) => ({ reason, count }))
    return { moved, unreadable, cut, missing, left: left.length } satisfies Moved
  }
)

interface Found {
  readonly filter: LetterFilter
  readonly expected: number
  readonly reason?: string
}

/** Does to all that a filter finds what `ask` does, request by request until nothing is left or nothing more goes. */
export const sweepAll = Effect.fnUntraced(function*<A, E, R>(
  { reason, ...found }: Found,
  ask: (payload: Found) => Effect.Effect<A | Swept, E, R>
) {
  const reasons = new Map<string, number>()
  let [moved, cut, missing, left] = [0, 0, 0, 0]
  for (let next: Omit<Found, "reason"> | undefined = found; next !== undefined;) {
    const some: A | Swept = yield* ask({ ...next, ...(reason === undefined ? {} : { reason }) })
    if (!isSwept(some)) break
    moved += some.moved
    cut += some.cut
    missing += some.skipped
    left = some.left
    for (const { count, reason } of some.unreadable) reasons.set(reason, (reasons.get(reason) ?? 0) + count)
    next = some.left < some.matched ? some.rest : undefined
  }
  const unreadable = Array.from(reasons, ([reason, count]) => ({ reason, count }))
  return { moved, unreadable, cut, missing, left } satisfies Moved
})

const isSwept = <A>(answer: A | Swept): answer is Swept =>
  typeof answer === "object" && answer !== null && "matched" in answer

/** `verb`: what was done, such as "replayed". */
export const movedWords = (verb: string, { cut, left, missing, moved, unreadable }: Moved): ReadonlyArray<string> => {
  const unread = unreadable.reduce((sum, { count }) => sum + count, 0)
  const named = unreadable.map(({ count, reason }) => `${reason} ${count}`).join(", ")
  return [
    `${moved} ${verb}.`,
    ...(unread === 0 ? [] : [`${unread} still can't be read and stay: ${named}.`]),
    ...(cut === 0 ? [] : [`${cut} stay: only a part of each was kept.`]),
    ...(left === 0 ? [] : [`${left} stay: the queue has no room now. Ask again when it has drained.`]),
    ...(missing === 0 ? [] : [`${missing} were not there.`])
  ]
}
