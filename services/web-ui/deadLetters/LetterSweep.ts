import { Clock, Effect } from "effect"
import type { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import type { LetterFilter, Swept } from "../../../src/api/web-ui/DeadLetterFilters.ts"
import { countDiffers } from "../../../src/domain/CountDiffers.ts"
import type { DeadLetterQueue } from "../../../src/domain/DeadLetter.ts"
import { earlierOf, type LetterSearch } from "./letterSpan.ts"

type Letters = DeadLetters["Service"]

/** Letters read and moved at a time. Redis does other things between two steps. */
const stepSize = 200

/** What one step did with the letters that it was given. */
export interface StepDone {
  readonly moved: number
  /** Why each of those can't be read. */
  readonly unreadable?: ReadonlyArray<string>
  readonly cut?: number
  readonly skipped: number
  /** There is no room for this one, nor for those after it that are in no number here. */
  readonly fullAt?: string
}

export type Step = (ids: ReadonlyArray<string>) => Effect.Effect<StepDone, QueueUnavailable>

/** A change to all letters that a filter finds, as it was begun. */
export interface SweepPlan {
  readonly upTo: string | undefined
  readonly matched: number
}

/** Counts what fits, oldest first, and stops when it is more than expected. */
const counted = Effect.fnUntraced(function*(
  letters: Letters,
  queue: DeadLetterQueue,
  { after, fits }: LetterSearch,
  upTo: string,
  expected: number
) {
  let count = 0
  for (let last = after; count <= expected;) {
    const some = yield* letters.scan(queue, stepSize, { after: last, upTo })
    for (const letter of some) if (fits(letter)) count++
    last = some.at(-1)?.entryId
    if (some.length < stepSize) break
    yield* Effect.yieldNow
  }
  return count
})

/**
 * Says what a change is about: those that are kept by now, if they are as many as expected. What comes later is not
 * touched. An operation that is repeated goes on with what it set out to do, however many are left of it.
 */
export const planSweep = Effect.fnUntraced(function*(
  letters: Letters,
  queue: DeadLetterQueue,
  search: LetterSearch,
  expected: number,
  operation: string | undefined
) {
  const begun = operation === undefined ? undefined : yield* letters.begun(operation)
  if (begun !== undefined) {
    const [upTo, matched] = begun
    return { upTo: upTo === "" ? undefined : upTo, matched: Number(matched) } satisfies SweepPlan
  }
  const [newest] = yield* letters.list(queue, 1)
  const upTo = newest === undefined ? undefined : earlierOf(newest.entryId, search.upTo)
  const matched = upTo === undefined ? 0 : yield* counted(letters, queue, search, upTo, expected)
  if (matched !== expected) return yield* countDiffers(expected, matched)
  if (operation !== undefined) yield* letters.begin(operation, [upTo ?? "", String(matched)])
  return { upTo, matched } satisfies SweepPlan
})

/** What is done by now. */
export interface Progress {
  moved: number
  cut: number
  skipped: number
  left: number
  readonly unreadable: Map<string, number>
  rest?: NonNullable<Swept["rest"]>
}

export const noProgress = ({ matched }: SweepPlan): Progress => ({
  moved: 0,
  cut: 0,
  skipped: 0,
  left: matched,
  unreadable: new Map()
})

export const sweptOf = ({ matched }: SweepPlan, { unreadable, ...progress }: Progress): Swept => ({
  matched,
  ...progress,
  unreadable: Array.from(unreadable, ([reason, count]) => ({ reason, count }))
})

/** Takes what fits in bounded steps, the oldest first, and notes after each in `progress` what is done. */
export const sweep = Effect.fnUntraced(function*(
  letters: Letters,
  queue: DeadLetterQueue,
  filter: LetterFilter,
  { after, fits }: LetterSearch,
  { matched, upTo }: SweepPlan,
  progress: Progress,
  step: Step,
  mostMs: number
) {
  if (upTo === undefined) return
  const clock = yield* Clock.Clock
  const ends = clock.monotonicTimeNanosUnsafe() + BigInt(mostMs) * 1_000_000n
  let visited = after
  for (let done = false; !done;) {
    const some = yield* letters.scan(queue, stepSize, { after: visited, upTo })
    const ids = some.filter(fits).map(({ entryId }) => entryId)
    const { cut = 0, fullAt, moved, skipped, unreadable = [] } = ids.length === 0
      ? { moved: 0, skipped: 0 }
      : yield* step(ids)
    progress.moved += moved
    for (const reason of unreadable) progress.unreadable.set(reason, (progress.unreadable.get(reason) ?? 0) + 1)
    progress.cut += cut
    progress.skipped += skipped
    const last = some.length < stepSize
    const stayed = progress.cut + [...progress.unreadable.values()].reduce((sum, count) => sum + count, 0)
    if (fullAt !== undefined) visited = ids[ids.indexOf(fullAt) - 1] ?? visited
    else {
      visited = some.at(-1)?.entryId ?? visited
      // Who were moved by others, or by this operation before it was cut off, are not there any more.
      if (last) progress.skipped = Math.max(0, matched - progress.moved - stayed)
    }
    done = fullAt !== undefined || last || clock.monotonicTimeNanosUnsafe() >= ends
    progress.left = Math.max(0, matched - progress.moved - stayed - progress.skipped)
    yield* Effect.yieldNow
  }
  if (progress.left > 0) {
    progress.rest = {
      filter: { ...filter, ...(visited === undefined ? {} : { after: visited }), up_to: upTo },
      expected: progress.left
    }
  }
})
