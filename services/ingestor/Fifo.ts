/** Places of items that have left, before it pays to close the gap. */
const chunk = 256

/** What is kept of one peer, oldest first. */
export class Fifo<A> {
  readonly peer: string
  items: Array<A | undefined> = []
  head = 0
  size = 0
  lost = 0
  constructor(peer: string) {
    this.peer = peer
  }

  get first(): A | undefined {
    return this.items[this.head]
  }

  take(): A | undefined {
    const item = this.items[this.head]
    // What has left is let go: it would be memory that no limit counts.
    this.items[this.head++] = undefined
    if (this.head === this.items.length || (this.head >= chunk && 2 * this.head >= this.items.length)) {
      this.items = this.items.slice(this.head)
      this.head = 0
    }
    return item
  }

  get length(): number {
    return this.items.length - this.head
  }
}
