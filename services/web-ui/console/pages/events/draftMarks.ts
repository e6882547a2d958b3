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

/** What a draft does to the rows, in a sentence. */
export const markWords = (rows: ReadonlyArray<Row>, known: Known, newestLast: boolean): string => {
  const shown = looked(rows, newestLast)
  const marks = shown.flatMap(({ id }) => known.get(id) ?? [])
  const count = (mark: DraftMark) => marks.filter((one) => one === mark).length
  const number = (value: number) => value.toLocaleString("en")
  const [decides, matches] = [count("decides"), count("matches")]
  const all = marks.length === rows.length ? `${number(rows.length)} events` : `${number(marks.length)} looked at`
  return `decides ${number(decides)}${
    matches === 0 ? "" : `, matches ${number(matches)} more that it does not decide`
  }, of ${all}.`
}
