/** Random numbers that a seed repeats. */
export interface Random {
  /** At least 0 and less than 1. */
  readonly next: () => number
  /** A whole number from 0 to `below` - 1. */
  readonly int: (below: number) => number
  readonly pick: <A>(from: ReadonlyArray<A>) => A
}

/** Mulberry32: four bytes of state are plenty for choosing loads and faults. */
export const seeded = (seed: number): Random => {
  let state = (seed ^ 0x9e3779b9) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    next,
    int,
    pick: (from) => {
      const chosen = from[int(from.length)]
      if (chosen === undefined) throw new RangeError("nothing to pick from")
      return chosen
    }
  }
}
