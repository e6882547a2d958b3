import type { KeyItem } from "../../../../../src/api/web-ui/Keys.ts"

/** Keys that send events are used at the ingestors, which count for themselves. */
export const isCountedHere = ({ role }: Pick<KeyItem, "role">): boolean => role !== "ingest"

type Known = Pick<KeyItem, "name" | "role" | "last_used_at" | "slots">

const some = (count: number, one: string, more: string): string => count === 1 ? `1 ${one}` : `${count} ${more}`

/** What somebody should know first: keys that nobody uses can go, and those with two values are being replaced. */
export const keysInWords = (keys: ReadonlyArray<Known>): string => {
  const unused = keys.filter((key) => isCountedHere(key) && key.last_used_at === null).length
  const twice = keys.filter(({ slots }) => slots.length > 1).length
  const said = [
    some(keys.length, "key lets callers in", "keys let callers in"),
    ...(unused === 0 ? [] : [`${unused} not used yet`]),
    ...(twice === 0 ? [] : [some(twice, "has a second value", "have a second value")])
  ]
  return `${said.join(", ")}.`
}
