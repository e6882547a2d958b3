/** With more peers than these, those that are due again are forgotten. */
const mostPeers = 1_000

/** Limits how much work a second each peer gets, and says how long it waits for its next turn. */
export class PeerPace {
  readonly #msEach: number
  readonly #longestMs: number
  readonly #dueAt = new Map<string, number>()

  /** `msEach`: what one piece of work makes its peer wait. `longestMs`: what it waits at most. */
  constructor(msEach: number, longestMs: number) {
    this.#msEach = msEach
    this.#longestMs = longestMs
  }

  /** So much was done for a peer. */
  add(peer: string, work: number, now: number): void {
    if (work === 0) return
    if (this.#dueAt.size >= mostPeers) this.#forget(now)
    const dueAt = Math.max(now, this.#dueAt.get(peer) ?? now) + work * this.#msEach
    this.#dueAt.set(peer, Math.min(dueAt, now + this.#longestMs))
  }

  /** Milliseconds until its next turn. */
  waitMs(peer: string, now: number): number {
    return Math.max(0, (this.#dueAt.get(peer) ?? now) - now)
  }

  #forget(now: number): void {
    for (const [peer, dueAt] of this.#dueAt) if (dueAt <= now) this.#dueAt.delete(peer)
  }
}
