const partsOf = (version: string): ReadonlyArray<number> =>
  (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number)

/** Whether a program of this version came before that one. What follows the numbers (`-rc.1`) does not count. */
export const isOlderThan = (version: string, than: string): boolean => {
  const [one, other] = [partsOf(version), partsOf(than)]
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
