import { Effect } from "effect"
import type { Invalid } from "../../../src/api/shared/Problems.ts"
import type { LetterFilter } from "../../../src/api/web-ui/DeadLetterFilters.ts"
import type { DeadLetter } from "../../../src/domain/DeadLetter.ts"
import { isBefore, justBefore, laterOf } from "../../../src/logic/entryIds.ts"
import { letterFilter } from "../../../src/logic/letterFilter.ts"
import { timeOf } from "../http/paging.ts"

/** What a filter comes to: ids that bound where to look, and a test of each letter there. */
export interface LetterSearch {
  readonly after: string | undefined
  readonly upTo: string | undefined
  readonly fits: (letter: DeadLetter) => boolean
}

/** Times become ids, which begin with the time at which a letter was kept. */
export const letterSearch = (filter: LetterFilter): Effect.Effect<LetterSearch, Invalid> =>
  Effect.gen(function*() {
    const from = yield* timeOf("from", filter.from)
    const to = yield* timeOf("to", filter.to)
    const end = to === undefined ? undefined : justBefore(Date.parse(to)) ?? "0-0"
    return {
      after: laterOf(from === undefined ? undefined : justBefore(Date.parse(from)), filter.after),
      upTo: earlierOf(end, filter.up_to),
      fits: letterFilter(filter)
    }
  })

/** The earlier of two ids; `undefined` is after all. */
export const earlierOf = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && isBefore(other, one)) ? other : one
