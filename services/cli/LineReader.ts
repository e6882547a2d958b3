/** One line of a byte stream, without its line feed. */
export interface Line {
  readonly number: number
  readonly bytes: Uint8Array
  /** It was longer than allowed and lost its end. */
  readonly cut: boolean
}

const lineFeed = 10

/** Takes a byte stream apart into lines. Holds at most `maxLine` bytes; of a longer line the rest is passed over. */
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
    // What is held outlives the piece that it came in.
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

/** Pieces of so many bytes together, as one. */
export const joined = (pieces: ReadonlyArray<Uint8Array>, length: number): Uint8Array => {
  const [only] = pieces
  if (only !== undefined && pieces.length === 1) return only
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
