/** Ids of a stream's entries, `<epoch ms>-<number within it>`: is the first before the second? */
export const isBefore = (one: string, other: string): boolean => {
  const [millis = 0, count = 0] = one.split("-").map(Number)
  const [otherMillis = 0, otherCount = 0] = other.split("-").map(Number)
  return millis < otherMillis || (millis === otherMillis && count < otherCount)
}

/** An id that is above all of earlier times and below all of this time; `undefined`: nothing can be before it. */
export const justBefore = (millis: number): string | undefined =>
  millis <= 0 ? undefined : `${millis - 1}-999999999999999`

/** The later of two ids; `undefined` is before all. */
export const laterOf = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && isBefore(one, other)) ? other : one
