import { Fifo } from "../Fifo.ts"

/** Peers with a queue of their own; further ones share one. */
export const peerLimit = 10_000
const others = "others"
/** Dropped items before the largest queue is searched for anew. */
const searchEvery = 256

interface Losses {
  readonly items: number
  /** Who lost most, and how much. */
  readonly peer: string
  readonly ofPeer: number
}

/**
 * A queue with a bound in bytes that takes one item of each peer in turn. When it is full, the peer that holds most
 * loses its newest. Each step takes constant time.
 */
export class BoundedFairQueue<A> {
  readonly #maxBytes: number
  readonly #sizeOf: (item: A) => number
  readonly #workOf: (item: A) => number
  #peers = new Map<string, Fifo<A>>()
  /** Those that are not empty, in turn. */
  readonly #busy: Array<Fifo<A>> = []
  #turn = 0
  #largest: Fifo<A> | undefined
  #dropsSinceSearch = 0
  #dropped = 0
  /** Bytes of items that are here, or taken and not released. */
  bytes = 0
  length = 0

  /** `workOf`: how many items one counts for when it is taken. */
  constructor(maxBytes: number, sizeOf: (item: A) => number, workOf: (item: A) => number = () => 1) {
    this.#maxBytes = maxBytes
    this.#sizeOf = sizeOf
    this.#workOf = workOf
  }

  offer(peer: string, item: A): void {
    const queue = this.#queueOf(peer)
    const size = this.#sizeOf(item)
    while (this.bytes + size > this.#maxBytes) {
      const largest = this.#largestQueue()
      if (largest === undefined || queue.size + size >= largest.size) return this.#lose(queue)
      this.#dropNewest(largest)
    }
    if (queue.length === 0) this.#busy.push(queue)
    queue.items.push(item)
    queue.size += size
    this.bytes += size
    this.length++
    if (this.#largest === undefined || queue.size > this.#largest.size) this.#largest = queue
  }

  /** The next items, up to a number of them and of bytes. They count as held until they are released. */
  take(most: number, mostBytes: number): ReadonlyArray<A> {
    const taken: Array<A> = []
    let bytes = 0
    let work = 0
    while (work < most && bytes < mostBytes && this.#busy.length > 0) {
      if (this.#turn >= this.#busy.length) this.#turn = 0
      const queue = this.#busy[this.#turn]
      const item = queue?.take()
      if (queue === undefined || item === undefined) break
      const size = this.#sizeOf(item)
      taken.push(item)
      work += this.#workOf(item)
      bytes += size
      queue.size -= size
      this.length--
      if (queue.length === 0) this.#retire(this.#turn)
      else this.#turn++
    }
    this.#findLargest()
    return taken
  }

  release(items: ReadonlyArray<A>): void {
    for (const item of items) this.bytes -= this.#sizeOf(item)
  }

  /** What was dropped since the last call; `undefined` when nothing was. */
  losses(): Losses | undefined {
    if (this.#dropped === 0) return undefined
    let worst = new Fifo<A>("")
    for (const queue of this.#peers.values()) if (queue.lost > worst.lost) worst = queue
    const losses = { items: this.#dropped, peer: worst.key, ofPeer: worst.lost }
    for (const queue of this.#peers.values()) queue.lost = 0
    this.#dropped = 0
    return losses
  }

  #queueOf(peer: string): Fifo<A> {
    const known = this.#peers.get(peer)
    if (known !== undefined) return known
    if (this.#peers.size >= peerLimit) this.#forgetIdle()
    const name = this.#peers.size < peerLimit ? peer : others
    const queue = this.#peers.get(name) ?? new Fifo<A>(name)
    this.#peers.set(name, queue)
    return queue
  }

  /** Costs as much as there are peers, so it runs only when some are idle. */
  #forgetIdle(): void {
    if (this.#busy.length === this.#peers.size) return
    this.#peers = new Map(this.#busy.map((queue) => [queue.key, queue]))
  }

  #largestQueue(): Fifo<A> | undefined {
    if (this.#dropsSinceSearch >= searchEvery) this.#findLargest()
    return this.#largest
  }

  #findLargest(): void {
    this.#dropsSinceSearch = 0
    this.#largest = undefined
    for (const queue of this.#busy) {
      if (this.#largest === undefined || queue.size > this.#largest.size) this.#largest = queue
    }
  }

  #dropNewest(queue: Fifo<A>): void {
    const item = queue.items.pop()
    if (item === undefined) return
    const size = this.#sizeOf(item)
    queue.size -= size
    this.bytes -= size
    this.length--
    this.#lose(queue)
    if (queue.length > 0) return
    this.#retire(this.#busy.indexOf(queue))
    this.#findLargest()
  }

  /** Takes an empty queue out of turn. The last one comes in its place. */
  #retire(position: number): void {
    const last = this.#busy.pop()
    if (last !== undefined && position < this.#busy.length) this.#busy[position] = last
  }

  #lose(queue: Fifo<A>): void {
    queue.lost++
    this.#dropped++
    this.#dropsSinceSearch++
  }
}
