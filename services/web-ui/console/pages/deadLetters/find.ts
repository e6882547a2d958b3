import type { LetterGroups } from "../../../../../src/api/web-ui/DeadLetterFilters.ts"
import type { DeadLetterQueue } from "../../../../../src/domain/DeadLetter.ts"
import { ask } from "../../api/client.ts"
import type { Group, Narrowing } from "./letters.ts"

export interface AllGroups {
  readonly groups: ReadonlyArray<Group>
  readonly total: number
  readonly omitted: number
  /** The newest there was when it was counted: what comes later is not meant. */
  readonly newest: string | null
}

/** Older ones that one answer did not come to, joined to what is known. */
const joined = (known: AllGroups, more: LetterGroups): AllGroups => {
  const groups = new Map(known.groups.map((group) => [`${group.reason} ${group.detail_masked}`, group]))
  for (const group of more.groups) {
    const key = `${group.reason} ${group.detail_masked}`
    const same = groups.get(key)
    groups.set(key, same === undefined ? group : { ...same, count: same.count + group.count, oldest: group.oldest })
  }
  return {
    groups: [...groups.values()].toSorted((a, b) => b.count - a.count),
    total: known.total + more.total,
    omitted: Math.max(known.omitted, more.omitted),
    newest: known.newest ?? more.newest
  }
}

/** All groups that a filter finds, however many requests that takes: each looks at so many letters. */
export const findGroups = async (
  queue: DeadLetterQueue,
  filter: Narrowing,
  signal: AbortSignal
): Promise<AllGroups> => {
  let found: AllGroups = { groups: [], total: 0, omitted: 0, newest: null }
  for (let before: string | undefined = "";;) {
    const query: Narrowing & { readonly before?: string } = before === "" ? filter : { ...filter, before }
    const more = await ask((api) => api.deadLetters.groups({ params: { queue }, query }), signal)
    found = joined(found, more)
    if (more.next_before === undefined) return found
    before = more.next_before
  }
}
