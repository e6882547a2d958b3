/** Empty places at the front before it pays to close the gap. */
const chunk = 256

/** Items of one sender or peer, oldest first. Taking one is constant time, which `Array.shift` is not. */
export class Fifo<A> {
  readonly key: string
  items: Array<A | undefined> = []
  head = 0
  size = 0
  lost = 0
  constructor(key: string) {
    this.key = key
  }

  get first(): A | undefined {
    return this.items[this.head]
  }

  take(): A | undefined {
    const item = this.items[this.head]
    // Dropped from memory: no limit counts it any more.
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
