/** One line of a byte stream, without its line feed. */
export interface Line {
  readonly number: number
  readonly bytes: Uint8Array
  /** It was longer than allowed and lost its end. */
  readonly cut: boolean
}

const lineFeed = 10

/** Splits a byte stream into lines. Holds at most `maxLine` bytes; a longer line loses its end. */
export class LineReader {
  readonly #maxLine: number
  #held: Array<Uint8Array> = []
  #heldBytes = 0
  #cut = false
  #number = 1

  constructor(maxLine: number) {
    this.#maxLine = maxLine
  }

  /** The lines that are complete with these bytes. */
  push(bytes: Uint8Array): ReadonlyArray<Line> {
    const lines: Array<Line> = []
    let from = 0
    for (;;) {
      const end = bytes.indexOf(lineFeed, from)
      this.#hold(bytes.subarray(from, end < 0 ? bytes.length : end))
      if (end < 0) return lines
      lines.push(this.#take())
      from = end + 1
    }
  }

  /** The last line, when it has no line feed. */
  end(): ReadonlyArray<Line> {
    return this.#heldBytes === 0 ? [] : [this.#take()]
  }

  #hold(bytes: Uint8Array): void {
    const room = this.#maxLine - this.#heldBytes
    if (bytes.length > room) this.#cut = true
    if (room <= 0 || bytes.length === 0) return
    // Copied: what is held outlives the chunk that it came in.
    const kept = bytes.slice(0, room)
    this.#held.push(kept)
    this.#heldBytes += kept.length
  }

  #take(): Line {
    const line = { number: this.#number++, bytes: joined(this.#held, this.#heldBytes), cut: this.#cut }
    this.#held = []
    this.#heldBytes = 0
    this.#cut = false
    return line
  }
}

/** Joins chunks that are `length` bytes together. */
export const joined = (chunks: ReadonlyArray<Uint8Array>, length: number): Uint8Array => {
  const [only] = chunks
  if (only !== undefined && chunks.length === 1) return only
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
