/** How many connections each peer has; see `peerNetwork`. */
export class PeerCounts {
  readonly #counts = new Map<string, number>()

  of(peer: string): number {
    return this.#counts.get(peer) ?? 0
  }

  add(peer: string): void {
    this.#counts.set(peer, this.of(peer) + 1)
  }

  remove(peer: string): void {
    const left = this.of(peer) - 1
    if (left > 0) this.#counts.set(peer, left)
    else this.#counts.delete(peer)
  }

  /** The peer that has most. */
  widest(): { readonly peer: string; readonly count: number } {
    let widest = { peer: "", count: 0 }
    for (const [peer, count] of this.#counts) if (count > widest.count) widest = { peer, count }
    return widest
  }
}
