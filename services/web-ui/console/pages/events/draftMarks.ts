import type { DraftMark } from "../../workers/RuleTrial.ts"

/** Rows that are looked at: more than anybody reads, and few enough to be asked for. */
export const mostLooked = 2_000

interface Row {
  readonly id: string
}

type Known = ReadonlyMap<string, DraftMark | "lost">

/** The newest rows, which are looked at. */
const looked = <R extends Row>(rows: ReadonlyArray<R>, newestLast: boolean): ReadonlyArray<R> =>
  newestLast ? rows.slice(-mostLooked).toReversed() : rows.slice(0, mostLooked)

/** Ids of rows that are not marked yet, newest first. */
export const unlooked = (
  rows: ReadonlyArray<Row>,
  known: Known,
  { most, newestLast }: { readonly newestLast: boolean; readonly most: number }
): ReadonlyArray<string> => {
  const ids: Array<string> = []
  for (const { id } of looked(rows, newestLast)) {
    if (known.has(id)) continue
    ids.push(id)
    if (ids.length === most) break
  }
  return ids
}

/** What a draft does to the rows, as it goes on from its name. */
export const markWords = (rows: ReadonlyArray<Row>, known: Known, { isActive, newestLast }: {
  readonly isActive: boolean
  readonly newestLast: boolean
}): string => {
  const marks = looked(rows, newestLast).flatMap(({ id }) => known.get(id) ?? [])
  const count = (mark: DraftMark) => marks.filter((one) => one === mark).length
  const number = (value: number) => value === 0 ? "none" : value.toLocaleString("en")
  const [decides, matches] = [count("decides"), count("matches")]
  const all = marks.length === rows.length
    ? `${rows.length.toLocaleString("en")} events`
    : `${marks.length.toLocaleString("en")} events looked at`
  if (!isActive) return `is off, and matches ${number(matches)} of ${all}.`
  const more = matches === 0 ? "" : `, and matches ${number(matches)} more that other rules decide`
  return `decides ${number(decides)} of ${all}${more}.`
}
