/** Rows that a tail keeps. */
export const tailKeeps = 50_000

/**
 * The newest rows of a tail, kept outside of what is drawn. Holding stops what is shown and not what is kept, so nothing
 * moves while somebody reads.
 */
export class TailBuffer<Row> {
  readonly #ring: Array<Row> = []
  readonly #keeps: number
  /** Rows that ever came. */
  #count = 0
  #skipped = 0
  /** `#count` when it was held. */
  #heldAt: number | undefined
  #shown: ReadonlyArray<Row> = []
  #changed = false

  constructor(keeps = tailKeeps) {
    this.#keeps = keeps
  }

  /** Takes rows, oldest first. `skipped` were left out before them, as nobody could have read so fast. */
  add(rows: ReadonlyArray<Row>, skipped = 0): void {
    for (const row of rows) {
      this.#ring[this.#count % this.#keeps] = row
      this.#count += 1
    }
    this.#skipped += skipped
    if (rows.length > 0 || skipped > 0) this.#changed = true
  }

  get skipped(): number {
    return this.#skipped
  }

  get isHeld(): boolean {
    return this.#heldAt !== undefined
  }

  /** Rows that came since it was held. */
  get waiting(): number {
    return this.#heldAt === undefined ? 0 : this.#count - this.#heldAt
  }

  hold(): void {
    if (this.#heldAt !== undefined) return
    this.drain()
    this.#heldAt = this.#count
    this.#changed = true
  }

  release(): void {
    this.#heldAt = undefined
    this.#changed = true
  }

  /** Forgets all rows, and goes on counting from nothing. */
  clear(): void {
    this.#ring.length = 0
    this.#count = 0
    this.#skipped = 0
    this.#shown = []
    this.#heldAt = undefined
    this.#changed = true
  }

  /** Is there anything that was not drawn? Brings what is shown up to date unless it is held. */
  drain(): boolean {
    if (!this.#changed) return false
    this.#changed = false
    if (this.#heldAt === undefined) this.#shown = this.#inOrder()
    return true
  }

  /** As of the last `drain`, oldest first. */
  get shown(): ReadonlyArray<Row> {
    return this.#shown
  }

  #inOrder(): ReadonlyArray<Row> {
    const start = this.#count % this.#keeps
    return this.#count <= this.#keeps ? this.#ring.slice() : this.#ring.slice(start).concat(this.#ring.slice(0, start))
  }
}
