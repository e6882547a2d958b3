import type { Random } from "./Random.ts"

/** A part of a pattern. What a random change may do to it stays a pattern. */
type Node =
  | { readonly kind: "atom"; readonly text: string }
  | { readonly kind: "sequence" | "choice"; readonly parts: ReadonlyArray<Node> }
  | { readonly kind: "repeat"; readonly part: Node; readonly mark: string }

/** A text that is told in a few words: letters, and how they follow each other. */
interface TextPlan {
  readonly letters: string
  readonly order: "same" | "cycle" | "random" | "runs"
  readonly seed: number
}

/** A pattern and a text that might be slow together. */
export interface Pair {
  readonly pattern: Node
  readonly text: TextPlan
}

const atoms = [
  "",
  ..."a b k s z é ж ſ 中 12 . (?s:.) \\w \\W \\d \\s \\S \\b \\B ^ $ (?m:^) (?m:$) (?-i:ab) [ab] [^z] [a-m]".split(" "),
  ..."[a-cg-io-qs] [^\\s:] \\pL \\PN \\p{Lu} \\p{Greek} [\\pL\\d] [[:alpha:]] [b-ﻼ] [\\x{80}-\\x{1ffff}]".split(" ")
]
const letters = ["a b", "a\nb", "ab:0 ", ..."a k ab abc sk sſ kK aж жй 中文 é 😀 a😀 Ωω".split(" ")]
const orders = ["same", "cycle", "random", "runs"] as const

export const patternText = (node: Node): string => {
  switch (node.kind) {
    case "atom":
      return node.text
    case "sequence":
      return node.parts.map(patternText).join("")
    case "choice":
      return `(?:${node.parts.map(patternText).join("|")})`
    case "repeat":
      return `(?:${patternText(node.part)})${node.mark}`
  }
}

/** The text, `length` characters long. */
export const textOf = (
  { letters, order, seed }: TextPlan,
  random: (seed: number) => Random,
  length: number
): string => {
  const all = Array.from(letters)
  const { int } = random(seed)
  let run = 0
  let letter = 0
  const next = (at: number): number => {
    if (order === "same") return 0
    if (order === "cycle") return at
    if (order === "random" || run-- <= 0) {
      run = int(300)
      letter = int(all.length)
    }
    return letter
  }
  let text = ""
  for (let at = 0; text.length < length; at++) text += all[next(at) % all.length]
  return text.slice(0, length)
}

export const describePair = ({ pattern, text }: Pair): string =>
  `${patternText(pattern)} on ${JSON.stringify(text.letters)} (${text.order}, seed ${text.seed})`

const mark = ({ int, pick }: Random): string =>
  pick([
    () => "*",
    () => "+",
    () => "?",
    () => `{${int(400) + 2}}`,
    () => `{0,${int(300) + 1}}`,
    () => `{${int(9) + 1},}`
  ])()

const atom = ({ pick }: Random): Node => ({ kind: "atom", text: pick(atoms) })

const several = (random: Random, depth: number) =>
  Array.from({ length: random.int(3) + 2 }, () => randomNode(random, depth - 1))

export const randomNode = (random: Random, depth: number): Node => {
  if (depth === 0) return atom(random)
  return random.pick<() => Node>([
    () => atom(random),
    () => ({ kind: "sequence", parts: several(random, depth) }),
    () => ({ kind: "choice", parts: several(random, depth) }),
    () => ({ kind: "repeat", part: randomNode(random, depth - 1), mark: mark(random) })
  ])()
}

/** One part of it becomes another one. */
const changedNode = (random: Random, node: Node): Node => {
  if (random.int(4) === 0) {
    return random.pick<() => Node>([
      () => randomNode(random, 2),
      () => ({ kind: "repeat", part: node, mark: mark(random) }),
      () => ({ kind: "sequence", parts: Array.from({ length: random.int(200) + 2 }, () => node) }),
      () => ({ kind: "sequence", parts: [node, randomNode(random, 1)] }),
      () => ({ kind: "sequence", parts: [randomNode(random, 1), node] }),
      () => ({ kind: "choice", parts: [node, randomNode(random, 1)] })
    ])()
  }
  switch (node.kind) {
    case "atom":
      return atom(random)
    case "repeat":
      return random.int(2) === 0
        ? { ...node, mark: mark(random) }
        : { ...node, part: changedNode(random, node.part) }
    default: {
      const at = random.int(node.parts.length)
      return { ...node, parts: node.parts.map((part, index) => index === at ? changedNode(random, part) : part) }
    }
  }
}

export const randomText = (random: Random): TextPlan => ({
  letters: random.pick(letters),
  order: random.pick(orders),
  seed: random.int(1_000)
})

export const changedPair = (random: Random, { pattern, text }: Pair): Pair =>
  random.int(3) === 0 ? { pattern, text: randomText(random) } : { pattern: changedNode(random, pattern), text }

/** Kinds that are known to be unkind to one engine or another; the search begins with them. */
export const wellKnownPairs: ReadonlyArray<Pair> = ([
  ["(a+)+$", "a"],
  ["(?:a|b)*a(?:a|b){330}z", "ab"],
  ["(?:a|b)*a(?:a|b){85}z", "ab"],
  ["(?:\\pL|a)*a(?:\\pL|\\w){200}z", "a"],
  ["(?:[^z]*a){200}z", "a b"],
  ["\\b(?:[^z]){234}(?:\\pL|^|[\\pL\\d])a(?:ſ|z|\\p{Lu}|中)", "sſ"],
  ["(?:.{0,240}a){2}z", "ab"],
  ["[b-ﻼ]".repeat(4), "aж"],
  ["[b-ﻼ]".repeat(200), "aж"],
  ["\\pL".repeat(341), "aж"],
  ["\\w{90}(?:k|中\\b(?:\\pL|ж)|\\pL\\p{Greek}[^\\s:]*|\\PNſ\\d[^\\s:])", "sſ"]
] as const).map(([text, letters]) => ({
  pattern: { kind: "atom", text },
  text: { letters, order: "random", seed: 1 }
}))
