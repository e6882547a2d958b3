import { foldUnit } from "./fold.ts"

/** Finds which of many texts occur in one text, case aside, in a single pass: an Aho-Corasick automaton. */
export interface LiteralScanner {
  /** The literals in `hits[0 … n-1]` occur in `text`, each once; `n` is the answer. Valid until the next scan. */
  readonly scan: (text: string) => number
  readonly hits: Int32Array
  /** Was it found by the last scan? */
  readonly seen: (literal: number) => boolean
}

/**
 * States near the root have a full row in a table of at most this many cells, half a megabyte; from there down, where
 * nearly all states are and nearly no text gets, a state has only its own few children. A larger table is no faster: it
 * falls out of the cache.
 */
const tableCells = 1 << 17

/** States between two yields of the builder. */
const stride = 4096

/**
 * Builds the automaton over `literals` (distinct, folded, not empty), sorted or not. Yields now and then, so that
 * whoever builds it may let others run.
 */
export function* buildScanner(literals: ReadonlyArray<string>): Generator<void, LiteralScanner> {
  const order = Array.from(literals.keys()).sort((a, b) => (literals[a]! < literals[b]! ? -1 : 1))
  const sorted = order.map((index) => literals[index]!)
  yield

  const { classes, width } = classify(sorted)
  yield
  // States in breadth-first order: the children of a state stand side by side, and a state's suffix stands before it.
  const size = sorted.reduce((sum, text) => sum + text.length, 1)
  const label = new Uint16Array(size)
  const firstChild = new Int32Array(size + 1)
  const literalAt = new Int32Array(size).fill(-1)
  const from = new Int32Array(size)
  const to = new Int32Array(size)
  const depth = new Int32Array(size)
  to[0] = sorted.length
  let count = 1
  for (let state = 0; state < count; state++) {
    if (state % stride === stride - 1) yield
    firstChild[state] = count
    let index = from[state]!
    const level = depth[state]!
    if (index < to[state]! && sorted[index]!.length === level) literalAt[state] = order[index++]!
    while (index < to[state]!) {
      const unit = sorted[index]!.charCodeAt(level)
      from[count] = index
      while (index < to[state]! && sorted[index]!.charCodeAt(level) === unit) index++
      to[count] = index
      depth[count] = level + 1
      label[count] = classes[unit]!
      count++
    }
  }
  firstChild[count] = count

  const dense = Math.min(count, Math.max(1, Math.floor(tableCells / width)))
  const table = new Int32Array(dense * width)
  const suffix = new Int32Array(count)
  /** The nearest state, this one or a suffix of it, where a literal ends; 0 for none. */
  const ending = new Int32Array(count)

  // The finished table holds the complement of a state in which a literal ends, so that the scan needs no second table.
  const marked = (state: number): number => ending[state] === 0 ? state : ~state
  const unmarked = (cell: number): number => cell < 0 ? ~cell : cell

  const next = (state: number, cls: number): number => {
    for (let at = state;; at = suffix[at]!) {
      if (at < dense) return unmarked(table[at * width + cls]!)
      const end = firstChild[at + 1]!
      for (let child = firstChild[at]!; child < end; child++) if (label[child] === cls) return child
    }
  }

  for (let state = 0; state < count; state++) {
    if (state % stride === stride - 1) yield
    const back = suffix[state]!
    ending[state] = literalAt[state] === -1 ? ending[back]! : state
    for (let child = firstChild[state]!; child < firstChild[state + 1]!; child++) {
      suffix[child] = state === 0 ? 0 : next(back, label[child]!)
    }
    if (state >= dense) continue
    if (state > 0) table.copyWithin(state * width, back * width, (back + 1) * width)
    for (let child = firstChild[state]!; child < firstChild[state + 1]!; child++) {
      table[state * width + label[child]!] = child
    }
  }

  for (let cell = 0; cell < table.length; cell++) table[cell] = marked(table[cell]!)

  const hits = new Int32Array(literals.length)
  const seenIn = new Int32Array(literals.length)
  let turn = 0

  const scan = (text: string): number => {
    if (turn === 0x7fffffff) {
      seenIn.fill(0)
      turn = 0
    }
    turn++
    let found = 0
    let state = 0
    for (let i = 0; i < text.length; i++) {
      const cls = classes[text.charCodeAt(i)]!
      if (cls === 0) {
        state = 0
        continue
      }
      state = state < dense ? table[state * width + cls]! : marked(next(state, cls))
      if (state >= 0) continue
      state = ~state
      for (let end = ending[state]!; end !== 0; end = ending[suffix[end]!]!) {
        const literal = literalAt[end]!
        if (seenIn[literal] === turn) break
        seenIn[literal] = turn
        hits[found++] = literal
      }
    }
    return found
  }

  return { scan, hits, seen: (literal) => seenIn[literal] === turn }
}

/**
 * Numbers the units that occur in any literal, from 1; a unit and its case variants share a number, all others are 0.
 */
const classify = (literals: ReadonlyArray<string>) => {
  const numbers = new Map<number, number>()
  for (const text of literals) {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (!numbers.has(unit)) numbers.set(unit, numbers.size + 1)
    }
  }
  const classes = new Uint16Array(0x10000)
  for (let unit = 0; unit < classes.length; unit++) classes[unit] = numbers.get(foldUnit(unit)) ?? 0
  return { classes, width: numbers.size + 1 }
}
