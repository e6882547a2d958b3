/** Cuts bytes as they come into parts of one length, and a rest that is not empty unless all is. */
export class Parts {
  private readonly length: number
  private chunks: Array<Uint8Array> = []
  private held = 0

  constructor(length: number) {
    this.length = length
  }

  /** Answers the parts that are full, of which more is known to come. */
  add(chunk: Uint8Array): ReadonlyArray<Uint8Array> {
    const full: Array<Uint8Array> = []
    let rest = chunk
    while (this.held + rest.length > this.length) {
      const room = this.length - this.held
      this.hold(rest.subarray(0, room))
      full.push(this.rest())
      rest = rest.subarray(room)
    }
    this.hold(rest)
    return full
  }

  rest(): Uint8Array {
    const all = Buffer.concat(this.chunks)
    this.chunks = []
    this.held = 0
    return all
  }

  private hold(bytes: Uint8Array) {
    if (bytes.length > 0) this.chunks.push(bytes)
    this.held += bytes.length
  }
}
