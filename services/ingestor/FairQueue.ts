import { Fifo } from "./Fifo.ts"

/** A queue that takes one item of each sender in turn, so that nobody waits behind all that another has sent. */
export class FairQueue<A> {
  readonly #sizeOf: (item: A) => number
  readonly #busy = new Map<string, Fifo<A>>()
  length = 0

  constructor(sizeOf: (item: A) => number) {
    this.#sizeOf = sizeOf
  }

  push(sender: string, item: A): void {
    let queue = this.#busy.get(sender)
    if (queue === undefined) {
      queue = new Fifo(sender)
      this.#busy.set(sender, queue)
    }
    queue.items.push(item)
    this.length++
  }

  /**
   * The next items, one of each sender in turn, up to a size; a larger item comes alone. A sender whose item does not
   * fit any more is first the next time.
   */
  take(most: number): ReadonlyArray<A> {
    const taken: Array<A> = []
    const later: Array<Fifo<A>> = []
    let size = 0
    for (const [sender, queue] of this.#busy) {
      const item = queue.first
      const next = item === undefined ? 0 : this.#sizeOf(item)
      this.#busy.delete(sender)
      if (taken.length > 0 && size + next > most) {
        later.push(queue)
        continue
      }
      queue.take()
      this.length--
      if (item !== undefined) taken.push(item)
      size += next
      // Behind the others, where this loop meets it again while there is room.
      if (queue.length > 0) this.#busy.set(sender, queue)
    }
    for (const queue of later) this.#busy.set(queue.key, queue)
    return taken
  }
}
