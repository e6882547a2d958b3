/** Logs the first of a kind at once and later how many more there were, so that a flood is a few lines. */
export class LogSampler {
  readonly #most: number
  readonly #unsaid = new Map<string, number>()

  /** `most`: kinds that are counted apart; further ones are counted together. */
  constructor(most: number) {
    this.#most = most
  }

  /** Should this one be logged now? */
  isFirst(kind: string): boolean {
    const unsaid = this.#unsaid.get(kind)
    if (unsaid === undefined && this.#unsaid.size < this.#most) {
      this.#unsaid.set(kind, 0)
      return true
    }
    const counted = unsaid === undefined ? others : kind
    this.#unsaid.set(counted, (this.#unsaid.get(counted) ?? 0) + 1)
    return false
  }

  /**
   * Takes what was not logged since the last call: kind → how many. A kind with none is forgotten; its next one is a
   * first.
   */
  takeUnsaid(): ReadonlyMap<string, number> {
    const taken = new Map([...this.#unsaid].filter(([, count]) => count > 0))
    this.#unsaid.clear()
    for (const kind of taken.keys()) if (kind !== others) this.#unsaid.set(kind, 0)
    return taken
  }
}

const others = "others"
