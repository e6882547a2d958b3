import { type TextReader, textReader } from "./charset.ts"

/** One syslog message from a byte stream. `cut` says that it was longer than allowed and lost its end. */
export interface Frame {
  readonly text: string
  readonly cut: boolean
  /** The bytes were no UTF-8. */
  readonly fallback?: true
}

const lineFeed = 10
const space = 32
const openAngle = 60
/** A count of more digits is no count. */
const countDigits = 8

/**
 * Takes a syslog byte stream apart (RFC 6587): octet counting and lines, mixed as they come. A frame is counted when it
 * begins with a number, a space and `<`; anything else ends at a line feed (or at NUL, which some senders use).
 *
 * Holds at most `maxFrame` bytes. A longer frame is given once, cut; the rest of it is passed over, and the next frame is whole.
 * A wrong count costs the frames up to the next line feed at worst.
 */
export class FrameReader {
  readonly #maxFrame: number
  readonly #read: TextReader
  #held: Uint8Array = new Uint8Array(0)
  /** Bytes of a counted frame still to be passed over. */
  #skipBytes = 0
  /** The rest of an over-long line is being passed over. */
  #skipLine = false
  /** Nothing has been given yet, so that the stream may be no syslog at all. */
  #first = true
  #foreign = false

  constructor(maxFrame: number, read: TextReader = textReader()) {
    this.#maxFrame = maxFrame
    this.#read = read
  }

  /** Was the stream an HTTP request? It was given as one frame, and nothing more will come of it: the connection is to be closed. */
  get foreign(): boolean {
    return this.#foreign
  }

  /** Has a frame begun that has not ended? */
  get pending(): boolean {
    return this.#held.length > 0 || this.#skipBytes > 0 || this.#skipLine
  }

  /** The frames that are complete with these bytes. */
  push(bytes: Uint8Array): Array<Frame> {
    if (this.#foreign) return []
    const data = this.#held.length === 0 ? bytes : concat(this.#held, bytes)
    const frames: Array<Frame> = []
    let at = 0
    while (at < data.length) {
      const next = this.#step(data, at, frames)
      if (next === undefined) break
      at = next
    }
    this.#held = at === data.length ? new Uint8Array(0) : data.slice(at)
    return frames
  }

  /** What is left when the stream ends: a last line without a line feed, or a counted frame that was cut off. */
  end(): Array<Frame> {
    const rest = this.#held
    this.#held = new Uint8Array(0)
    if (this.#skipLine || this.#skipBytes > 0) return []
    const count = readCount(rest, 0)
    const start = count === undefined || count === "more" ? 0 : count.start
    const frames: Array<Frame> = []
    this.#give(rest, start, rest.length, false, frames)
    return frames
  }

  /** Reads on from `at`; says where the next step begins, `undefined` when it needs more bytes. */
  #step(data: Uint8Array, at: number, frames: Array<Frame>): number | undefined {
    if (this.#skipBytes > 0) {
      const passed = Math.min(this.#skipBytes, data.length - at)
      this.#skipBytes -= passed
      return at + passed
    }
    if (this.#skipLine) {
      const end = endOfLine(data, at)
      this.#skipLine = end < 0
      return end < 0 ? data.length : end + 1
    }
    if (isBlank(data[at])) return at + 1
    const count = readCount(data, at)
    if (count === "more") return undefined
    return count === undefined ? this.#line(data, at, frames) : this.#counted(data, count, frames)
  }

  #line(data: Uint8Array, at: number, frames: Array<Frame>): number | undefined {
    const end = endOfLine(data, at)
    // A proxy tells whom it speaks for before the first message: that is none of its own.
    if (end >= 0 && this.#first && begins(data, at, proxyLine)) return end + 1
    if (end >= 0 && this.#first && isRequest(data, at)) {
      this.#give(data, at, Math.min(data.length, at + this.#maxFrame), false, frames)
      this.#foreign = true
      return data.length
    }
    if (end >= 0 && end - at <= this.#maxFrame) {
      this.#give(data, at, end, false, frames)
      return end + 1
    }
    if (end < 0 && data.length - at <= this.#maxFrame) return undefined
    this.#give(data, at, at + this.#maxFrame, true, frames)
    this.#skipLine = true
    return at + this.#maxFrame
  }

  #counted(data: Uint8Array, { length, start }: Count, frames: Array<Frame>): number | undefined {
    const whole = Math.min(length, this.#maxFrame)
    if (data.length - start < whole) return undefined
    const end = start + whole - (length === whole && countsBlank(data, start + whole) ? 1 : 0)
    this.#give(data, start, end, length > whole, frames)
    this.#skipBytes = length - whole
    return end
  }

  #give(data: Uint8Array, from: number, to: number, cut: boolean, frames: Array<Frame>): void {
    if (to <= from) return
    this.#first = false
    const { fallback, text } = this.#read(data.subarray(from, to))
    frames.push(fallback ? { text, cut, fallback } : { text, cut })
  }
}

interface Count {
  readonly length: number
  readonly start: number
}

const readCount = (data: Uint8Array, from: number): Count | "more" | undefined => {
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
 * Some senders count the blank behind the count too, so that a frame seems to end with the first digit of the next count. That is so when
 * what stands there is a count, and is none, or one that leads nowhere, without that digit.
 */
const countsBlank = (data: Uint8Array, end: number): boolean => {
  const last = data[end - 1]
  if (last === undefined || last < 49 || last > 57) return false
  const longer = readCount(data, end - 1)
  if (longer === undefined || longer === "more" || longer.start === end) return false
  const shorter = readCount(data, end)
  if (shorter === undefined || shorter === "more") return true
  const there = shorter.start + shorter.length
  return there < data.length && !isBlank(data[there]) && readCount(data, there) === undefined
}

const requestLines = ["GET /", "HEAD /", "POST /", "PUT /", "OPTIONS /", "OPTIONS *", "DELETE /", "PATCH /", "CONNECT "]
  .map((text) => new TextEncoder().encode(text))

const proxyLine = new TextEncoder().encode("PROXY TCP")

const isRequest = (data: Uint8Array, at: number): boolean => requestLines.some((line) => begins(data, at, line))

const begins = (data: Uint8Array, at: number, line: Uint8Array): boolean =>
  line.every((byte, index) => data[at + index] === byte)

const endOfLine = (data: Uint8Array, from: number): number => {
  const feed = data.indexOf(lineFeed, from)
  const nul = (feed < 0 ? data.subarray(from) : data.subarray(from, feed)).indexOf(0)
  return nul < 0 ? feed : from + nul
}

const isBlank = (byte: number | undefined): boolean => byte === lineFeed || byte === 13 || byte === 0

const concat = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
