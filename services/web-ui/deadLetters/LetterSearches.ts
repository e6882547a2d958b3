import { Effect } from "effect"
import type { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import type { LetterGroups } from "../../../src/api/web-ui/DeadLetterFilters.ts"
import type { DeadLetter, DeadLetterQueue } from "../../../src/domain/DeadLetter.ts"
import { isBefore, justBefore } from "../../../src/logic/entryIds.ts"
import { maskMessage } from "../../../src/logic/masking.ts"
import type { LetterSearch } from "./letterSpan.ts"

type Letters = DeadLetters["Service"]

/** Dead letters read at a time: few where each is shown whole, as each may be large. */
const atOnce = { whole: 10, filtered: 100 }

const groupsShown = 200

/** Where a search begins that goes from the newest to the oldest. */
const firstBefore = (upTo: string | undefined, before: string | undefined): string | undefined => {
  if (upTo === undefined) return before
  const [millis = "0", count = "0"] = upTo.split("-")
  const above = `${millis}-${Number(count) + 1}`
  const start = Number(count) >= 999_999_999_999_999 ? justBefore(Number(millis) + 1) ?? above : above
  return before === undefined || isBefore(start, before) ? start : before
}

/** What a list shows of one page. */
export interface Found {
  readonly letters: ReadonlyArray<DeadLetter>
  /** Where the search stopped, with more to look at below; absent when nothing is left. */
  readonly stoppedAt: string | undefined
}

/** The newest that fit, until there are `most` of them, enough bytes, or enough were looked at. */
export const newestFitting = Effect.fnUntraced(function*(
  letters: Letters,
  queue: DeadLetterQueue,
  search: LetterSearch,
  limits: { readonly most: number; readonly bytes: number; readonly looked: number; readonly filtered: boolean },
  before: string | undefined
) {
  const found: Array<DeadLetter> = []
  let bytes = 0
  let looked = 0
  let last = firstBefore(search.upTo, before)
  while (found.length < limits.most && bytes <= limits.bytes) {
    if (looked >= limits.looked) return { letters: found, stoppedAt: last } satisfies Found
    const some = limits.filtered ? atOnce.filtered : Math.min(atOnce.whole, limits.most - found.length)
    const more = yield* letters.list(queue, some, last)
    const within = more.filter(({ entryId }) => search.after === undefined || isBefore(search.after, entryId))
    for (const letter of within) {
      if (!search.fits(letter)) continue
      found.push(letter)
      bytes += letter.payload.length
    }
    looked += more.length
    last = more.at(-1)?.entryId
    if (within.length < some) break
  }
  return { letters: found, stoppedAt: undefined } satisfies Found
})

/** Counts those that fit by reason and masked detail, the newest first, until enough were looked at. */
export const groupsOf = Effect.fnUntraced(function*(
  letters: Letters,
  queue: DeadLetterQueue,
  search: LetterSearch,
  mostLooked: number,
  before: string | undefined
) {
  const groups = new Map<string, { -readonly [K in keyof Group]: Group[K] }>()
  const [newest] = yield* letters.list(queue, 1)
  let last = firstBefore(search.upTo, before)
  let total = 0
  let next: string | undefined
  for (let looked = 0;;) {
    if (looked >= mostLooked) {
      const [older] = yield* letters.list(queue, 1, last)
      const isWithin = older !== undefined && (search.after === undefined || isBefore(search.after, older.entryId))
      next = isWithin ? last : undefined
      break
    }
    const more = yield* letters.list(queue, Math.min(atOnce.filtered, mostLooked - looked), last)
    const within = more.filter(({ entryId }) => search.after === undefined || isBefore(search.after, entryId))
    for (const letter of within) {
      if (!search.fits(letter)) continue
      total++
      const { at, reason } = letter
      const detail_masked = maskMessage(letter.detail)
      const key = `${reason} ${detail_masked}`
      const known = groups.get(key)
      if (known === undefined) groups.set(key, { reason, detail_masked, count: 1, oldest: at, newest: at })
      else {
        known.count++
        known.oldest = at
      }
    }
    looked += more.length
    last = more.at(-1)?.entryId
    if (more.length === 0 || within.length < more.length) break
    yield* Effect.yieldNow
  }
  const largest = [...groups.values()].sort((a, b) => b.count - a.count)
  return {
    groups: largest.slice(0, groupsShown),
    total,
    omitted: Math.max(0, largest.length - groupsShown),
    exact: next === undefined,
    ...(next === undefined ? {} : { next_before: next }),
    newest: newest?.entryId ?? null
  } satisfies LetterGroups
})

type Group = LetterGroups["groups"][number]
