/**
 * The name among `known` that takes the fewest edits (Levenshtein) to get to from `wanted`, or the one that `wanted`
 * begins. `known` is not empty.
 */
export const nearest = (wanted: string, known: ReadonlyArray<string>): string =>
  (wanted.length < 3 ? undefined : known.find((name) => name.startsWith(wanted))) ??
    known
      .map((name) => ({ name, edits: edits(wanted.slice(0, 100), name) }))
      .reduce((best, one) => (one.edits < best.edits ? one : best)).name

/** How many letters are to be added, taken away or changed (Levenshtein). */
export const edits = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
