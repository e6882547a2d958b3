export interface FailureLimits {
  /** Failures that a peer has free. */
  readonly free: number
  /** After so many milliseconds one failure is forgiven. */
  readonly forgivenMs: number
  /** The longest wait. */
  readonly longestMs: number
  /** Peers that are remembered; beyond it, the one that failed longest ago is forgotten. */
  readonly peers: number
}

/**
 * Counts failures by peer, in a bucket that leaks: some are free, each further one makes the next wait longer, and time
 * forgives.
 */
export class FailureLimiter {
  readonly #limits: FailureLimits
  readonly #full: number
  /** The peer that failed last is the last. */
  readonly #buckets = new Map<string, { readonly level: number; readonly at: number }>()

  constructor(limits: FailureLimits) {
    this.#limits = limits
    this.#full = limits.free + Math.floor(limits.longestMs / limits.forgivenMs)
  }

  /** Counts a failure. Answers how many milliseconds the peer is to wait; 0 while it has free ones. */
  failed(peer: string, now: number): number {
    const { forgivenMs, free, peers } = this.#limits
    const before = this.#buckets.get(peer)
    const left = before === undefined ? 0 : Math.max(0, before.level - (now - before.at) / forgivenMs)
    const level = Math.min(left + 1, this.#full)
    this.#buckets.delete(peer)
    this.#buckets.set(peer, { level, at: now })
    if (this.#buckets.size > peers) {
      const [oldest] = this.#buckets.keys()
      if (oldest !== undefined) this.#buckets.delete(oldest)
    }
    return level <= free ? 0 : Math.ceil((level - free) * forgivenMs)
  }

  /** How many peers are remembered. */
  get size(): number {
    return this.#buckets.size
  }
}
