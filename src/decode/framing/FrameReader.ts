import { lineFeed } from "../characters.ts"
import { type TextReader, textReader } from "./charset.ts"
import { isProxyLine, isRequest } from "./firstLine.ts"
import { type Count, countsBlank, isBlank, readCount } from "./octetCount.ts"

/** One syslog message from a byte stream. `cut` says that it was longer than allowed and lost its end. */
export interface Frame {
  readonly text: string
  readonly cut: boolean
  /** The bytes were no UTF-8. */
  readonly fallback?: true
}

/**
 * Takes a syslog byte stream apart (RFC 6587): octet counting and lines, mixed as they come. A frame is counted when it
 * begins with a number, a space and `<`; anything else ends at a line feed (or at NUL, which some senders use).
 *
 * Holds at most `maxFrame` bytes. A longer frame is given once, cut; the rest of it is passed over, and the next frame
 * is whole. A wrong count costs the frames up to the next line feed at worst.
 */
export class FrameReader {
  readonly #maxFrame: number
  readonly #read: TextReader
  /** What is not given yet is at the start of it. */
  #held: Uint8Array = new Uint8Array(0)
  #length = 0
  /** Bytes of the line at the start that were looked at: it does not end there. */
  #looked = 0
  /** The next line feed and the next NUL, where they are known: each byte is looked at once. */
  #feed = -1
  #nul = -1
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

  /**
   * Was the stream an HTTP request? It was given as one frame, and nothing more will come of it: the connection is to
   * be closed.
   */
  get foreign(): boolean {
    return this.#foreign
  }

  /** Has a frame begun that has not ended? */
  get pending(): boolean {
    return this.#length > 0 || this.#skipBytes > 0 || this.#skipLine
  }

  /** The frames that are complete with these bytes. */
  push(bytes: Uint8Array): Array<Frame> {
    return [...this.read(bytes)]
  }

  /**
   * The same, each when it is asked for: a piece of a stream may hold thousands. It must be read to its end before the
   * next is begun.
   */
  *read(bytes: Uint8Array): Generator<Frame, void> {
    if (this.#foreign) return
    const data = this.#length === 0 ? bytes : this.#append(bytes)
    const frames: Array<Frame> = []
    let at = 0
    this.#feed = this.#nul = -1
    while (at < data.length) {
      const next = this.#step(data, at, frames)
      if (next === undefined) break
      at = next
      const frame = frames.pop()
      if (frame !== undefined) yield frame
    }
    this.#keep(data, at)
  }

  /** Puts the bytes behind what is held, in a buffer that grows by doubling. */
  #append(bytes: Uint8Array): Uint8Array {
    const length = this.#length + bytes.length
    if (length > this.#held.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#held.length))
      larger.set(this.#held.subarray(0, this.#length))
      this.#held = larger
    }
    this.#held.set(bytes, this.#length)
    this.#length = length
    return this.#held.subarray(0, length)
  }

  /** Holds what is left of the data; what is held already stays where it is. */
  #keep(data: Uint8Array, at: number): void {
    const rest = data.length - at
    if (rest === 0) this.#held = new Uint8Array(0)
    else if (data.buffer !== this.#held.buffer) this.#held = data.slice(at)
    else if (at > 0) this.#held = data.slice(at)
    if (at > 0) this.#looked = 0
    this.#length = rest
  }

  /** What is left when the stream ends: a last line without a line feed, or a counted frame that was cut off. */
  end(): Array<Frame> {
    const rest = this.#held.subarray(0, this.#length)
    this.#held = new Uint8Array(0)
    this.#length = this.#looked = 0
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
      const end = this.#endOfLine(data, at)
      this.#skipLine = end < 0
      return end < 0 ? data.length : end + 1
    }
    if (isBlank(data[at])) return at + 1
    const count = readCount(data, at)
    if (count === "more") return undefined
    return count === undefined ? this.#line(data, at, frames) : this.#counted(data, count, frames)
  }

  #line(data: Uint8Array, at: number, frames: Array<Frame>): number | undefined {
    const end = this.#endOfLine(data, at + (at === 0 ? this.#looked : 0))
    if (end >= 0 && end - at <= this.#maxFrame) {
      // A proxy tells whom it speaks for before the first message: that is none of its own.
      if (this.#first && isProxyLine(data, at)) return end + 1
      if (this.#first && isRequest(data, at)) {
        this.#give(data, at, end + 1, false, frames)
        this.#foreign = true
        return data.length
      }
      this.#give(data, at, end, false, frames)
      return end + 1
    }
    if (end < 0 && data.length - at <= this.#maxFrame) {
      if (at === 0) this.#looked = data.length
      return undefined
    }
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

  #endOfLine(data: Uint8Array, from: number): number {
    if (this.#feed < from) this.#feed = placeOf(data, lineFeed, from)
    if (this.#nul < from) this.#nul = placeOf(data, 0, from)
    const end = Math.min(this.#feed, this.#nul)
    return end === Infinity ? -1 : end
  }

  #give(data: Uint8Array, from: number, to: number, cut: boolean, frames: Array<Frame>): void {
    if (to <= from) return
    this.#first = false
    const { fallback, text } = this.#read(data.subarray(from, to))
    frames.push(fallback ? { text, cut, fallback } : { text, cut })
  }
}

const placeOf = (data: Uint8Array, byte: number, from: number): number => {
  const position = data.indexOf(byte, from)
  return position < 0 ? Infinity : position
}
