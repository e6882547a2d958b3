import { lineFeed, openAngle, space } from "../characters.ts"
/** A count of more digits is no count. */
const countDigits = 8

/** The length of a frame that is counted, and where it starts. */
export interface Count {
  readonly length: number
  readonly start: number
}

/** Reads the count at `from`: a number, a space and `<` behind it. `"more"` asks for more bytes. */
export const readCount = (data: Uint8Array, from: number): Count | "more" | undefined => {
  let length = 0
  for (let i = from; i <= from + countDigits; i++) {
    const byte = data[i]
    if (byte === undefined) return i > from ? "more" : undefined
    if (byte >= 48 && byte <= 57) {
      if (i === from && byte === 48) return undefined
      length = length * 10 + byte - 48
    } else if (byte === space && i > from) {
      const next = data[i + 1]
      return next === undefined ? "more" : next === openAngle ? { length, start: i + 1 } : undefined
    } else return undefined
  }
  return undefined
}

/**
 * Some senders count the blank behind the count too, so that a frame seems to end with the first digit of the next
 * count. That is so when what stands there is a count, and is none, or one that leads nowhere, without that digit.
 */
export const countsBlank = (data: Uint8Array, end: number): boolean => {
  const last = data[end - 1]
  if (last === undefined || last < 49 || last > 57) return false
  const longer = readCount(data, end - 1)
  if (longer === undefined || longer === "more" || longer.start === end) return false
  const shorter = readCount(data, end)
  if (shorter === undefined || shorter === "more") return true
  const there = shorter.start + shorter.length
  return there < data.length && !isBlank(data[there]) && readCount(data, there) === undefined
}

export const isBlank = (byte: number | undefined): boolean => byte === lineFeed || byte === 13 || byte === 0
