/** At least one of these texts is in every match. */
export type Clause = ReadonlyArray<string>

/**
 * What is known of the texts a part of a pattern matches. `exact`: all of them, when they are few.
 * `required`: what each of them holds.
 */
interface Piece {
  readonly exact: ReadonlyArray<string> | undefined
  readonly required: ReadonlyArray<Clause>
}

const anything: Piece = { exact: undefined, required: [] }
const nothing: Piece = { exact: [""], required: [] }
const most = { strings: 16, length: 48, alternatives: 32 }

/** Characters of the shortest text of the clause: the longer, the rarer. */
export const weight = (clause: Clause): number => clause.reduce((least, text) => Math.min(least, text.length), Infinity)

const clauseOf = (texts: ReadonlyArray<string> | undefined): ReadonlyArray<Clause> =>
  texts !== undefined && texts.length > 0 && weight(texts) > 0 ? [texts] : []

const requiredOf = (piece: Piece): ReadonlyArray<Clause> => [...piece.required, ...clauseOf(piece.exact)]

const unique = (texts: ReadonlyArray<string>) => [...new Set(texts)]

const sequence = (pieces: ReadonlyArray<Piece>): Piece => {
  let whole = true
  let run: ReadonlyArray<string> = [""]
  const required: Array<Clause> = []
  for (const piece of pieces) {
    const tails = piece.exact
    const product = tails && unique(run.flatMap((head) => tails.map((tail) => head + tail)))
    if (product && product.length <= most.strings && product.every((text) => text.length <= most.length)) {
      run = product
    } else {
      required.push(...clauseOf(run), ...piece.required)
      run = tails ?? [""]
      whole = false
    }
  }
  return whole ? { exact: run, required } : { exact: undefined, required: [...required, ...clauseOf(run)] }
}

/** Of each branch its best clause: one of those is in every match. */
const choice = (pieces: ReadonlyArray<Piece>): Piece => {
  if (pieces.length === 1) return pieces[0] ?? nothing
  const exact = pieces.every((piece) => piece.exact) ? unique(pieces.flatMap((piece) => piece.exact ?? [])) : undefined
  if (exact && exact.length <= most.strings) return { exact, required: [] }
  const bests = pieces.map((piece) => requiredOf(piece).toSorted((a, b) => weight(b) - weight(a))[0])
  const either = bests.every((clause) => clause !== undefined) ? unique(bests.flat()) : []
  return { exact: undefined, required: either.length > 0 && either.length <= most.alternatives ? [either] : [] }
}

const repeated = (piece: Piece, least: number, greatest: number): Piece => {
  if (least > 0) return { exact: undefined, required: requiredOf(piece) }
  return greatest === 1 && piece.exact ? { exact: unique([...piece.exact, ""]), required: [] } : anything
}

const simpleEscapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v", a: "\x07" }

/** Reads a pattern the engine has accepted; knows nothing of it when any part is unfamiliar. */
const read = (pattern: string): Piece => {
  let at = 0
  let sure = true

  const unsure = (): Piece => {
    sure = false
    at = pattern.length
    return anything
  }

  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at
    const found = expression.exec(pattern)?.[0]
    if (found !== undefined) at += found.length
    return found
  }

  const literal = (text: string): Piece => {
    const unit = text.charCodeAt(0)
    return text.length === 1 && (unit < 0xd800 || unit > 0xdfff) ? { exact: [text], required: [] } : anything
  }

  /** After `\Q…\E` a mark repeats only the last character, after a flag whatever is before that. */
  const markFollows = () => /[*+?{]/.test(pattern[at] ?? "")

  const escape = (): Piece => {
    const quoted = take(/\\Q[^]*?(?:\\E|$)/y)
    if (quoted !== undefined) {
      return markFollows() ? unsure() : sequence(Array.from(quoted.slice(2).replace(/\\E$/, ""), literal))
    }
    if (take(/\\(?:[dDsSwW]|[pP](?:\{[^}]*\}|[^{]))/yu) !== undefined) return anything
    if (take(/\\[bBAz]/y) !== undefined) return nothing
    const hex = take(/\\x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]+\})/y)
    if (hex !== undefined) return literal(String.fromCodePoint(Number.parseInt(hex.replace(/[^0-9A-Fa-f]/g, ""), 16)))
    const simple = take(/\\[ntrfva]/y)
    if (simple !== undefined) return literal(simpleEscapes[simple.slice(1)] ?? "")
    const punctuation = take(/\\[!-/:-@[-`{-~]/y)
    if (punctuation !== undefined) return literal(punctuation.slice(1))
    return unsure()
  }

  const bracket = (): Piece => {
    // A few plain characters are as good as alternatives: `[Ll]ink`.
    const few = take(/\[[^\][\\^-]{1,8}\]/y)
    if (few !== undefined) return choice(Array.from(few.slice(1, -1), literal))
    return take(/\[\^?\]?(?:\[:\^?[a-z]+:\]|\\[^Q]|[^\\\]])*\]/yu) === undefined ? unsure() : anything
  }

  const group = (depth: number): Piece => {
    if (take(/\(\?[imsU]*(?:-[imsU]+)?\)/y) !== undefined) return markFollows() ? unsure() : nothing
    if (take(/\((?:\?(?:P?<[A-Za-z_]\w*>|[imsU]*(?:-[imsU]+)?:))?(?!\?)/y) === undefined) return unsure()
    const inside = alternatives(depth + 1)
    return take(/\)/y) === undefined ? unsure() : inside
  }

  const atom = (depth: number): Piece => {
    const char = pattern[at]
    if (char === "(") return group(depth)
    if (char === "[") return bracket()
    if (char === "\\") return escape()
    if (take(/[\^$]/y) !== undefined) return nothing
    if (take(/\./y) !== undefined) return anything
    if (char === "*" || char === "+" || char === "?") return unsure()
    return literal(take(/[^]/yu) ?? "")
  }

  const quantified = (piece: Piece): Piece => {
    const mark = take(/(?:[*+?]|\{\d+(?:,\d*)?\})\??/y)
    if (mark === undefined) return piece
    const [least = 0, greatest = Infinity] = mark.startsWith("{")
      ? bounds(mark)
      : mark.startsWith("+")
      ? [1]
      : [0, mark.startsWith("?") ? 1 : Infinity]
    return quantified(repeated(piece, least, greatest))
  }

  const alternatives = (depth: number): Piece => {
    if (depth > 50) return unsure()
    const branches: Array<Piece> = []
    let pieces: Array<Piece> = []
    while (at < pattern.length && pattern[at] !== ")") {
      if (take(/\|/y) !== undefined) {
        branches.push(sequence(pieces))
        pieces = []
      } else pieces.push(quantified(atom(depth)))
    }
    return choice([...branches, sequence(pieces)])
  }

  const whole = alternatives(0)
  return sure && at === pattern.length ? whole : anything
}

const bounds = (mark: string): ReadonlyArray<number> => {
  const [least = "0", greatest] = mark.replace(/[{}?]/g, "").split(",")
  return [Number(least), greatest === undefined ? Number(least) : greatest === "" ? Infinity : Number(greatest)]
}

/**
 * What every text that `pattern` matches must hold, case aside: of each clause at least one text. Empty when nothing is
 * sure. `pattern` is one the engine accepts. A wrong answer would lose events, so whatever is unfamiliar is taken to
 * require nothing.
 */
export const requiredLiterals = (pattern: string): ReadonlyArray<Clause> => requiredOf(read(pattern))
