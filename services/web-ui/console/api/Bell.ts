/** Names of what it rang for that it remembers. */
const mostKnown = 10_000
/** Many at once are one sound. */
const quietMs = 1_000

interface Parts {
  readonly play: () => void
  readonly isOn: () => boolean
  /** Milliseconds of a clock that only goes on. */
  readonly nowMs: () => number
}

/** Makes a sound for what is critical and new: once for each, however often it is told. */
export class Bell {
  readonly #parts: Parts
  readonly #known = new Set<string>()
  readonly #lists = new Map<string, ReadonlySet<string>>()
  #playedAt = -Infinity

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Something critical came, each under its own name. */
  came(names: ReadonlyArray<string>): void {
    const fresh = names.filter((name) => !this.#known.has(name))
    for (const name of fresh) this.#known.add(name)
    for (const name of this.#known) {
      if (this.#known.size <= mostKnown) break
      this.#known.delete(name)
    }
    if (fresh.length > 0) this.#ring()
  }

  /** All that is critical now, in a list that is told again and again. What it holds at first is not new. */
  stands(list: string, names: ReadonlyArray<string>): void {
    const before = this.#lists.get(list)
    this.#lists.set(list, new Set(names))
    if (before !== undefined && names.some((name) => !before.has(name))) this.#ring()
  }

  #ring(): void {
    const { isOn, nowMs, play } = this.#parts
    if (!isOn() || nowMs() - this.#playedAt < quietMs) return
    this.#playedAt = nowMs()
    play()
  }
}
