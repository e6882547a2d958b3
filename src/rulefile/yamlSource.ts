import { Result } from "effect"
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit
} from "yaml"

/** One thing wrong with a file, and where. Lines and columns count from 1. */
export interface FileProblem {
  readonly line: number
  readonly column: number
  /** The path, with dots: `rules.3.match_string`. Empty when it is the file as a whole. */
  readonly field: string
  readonly message: string
}

export interface YamlSource {
  readonly value: unknown
  /** Where the value of a path stands, or the nearest thing around it that does. */
  readonly placeOf: (field: string) => Pick<FileProblem, "line" | "column">
  /** Is it a number or the like without quotes? */
  readonly isBare: (field: string) => boolean
}

export const yamlLimits = {
  /** Characters. */
  length: 4_194_304,
  /** Values, each counted as often as an alias repeats it. */
  values: 2_000_000,
  /** Each looks through all others, so their number has a limit of its own. */
  aliases: 20_000,
  /** Lists and maps inside of each other. */
  depth: 50,
  /** Problems that are told. */
  problems: 20
} as const

const start = { line: 1, column: 1, field: "" } as const

/** Reads YAML, of which JSON is a part. Keeps where each value stands. */
export const yamlSource = (text: string): Result.Result<YamlSource, ReadonlyArray<FileProblem>> => {
  if (text.length > yamlLimits.length) {
    return refused({
      ...start,
      message: `The file has more than ${yamlLimits.length.toLocaleString("en")} characters.`
    })
  }
  const lines = new LineCounter()
  const at = (offset: number) => {
    const { col, line } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const document = parsed(text, lines)
  if (document === undefined) return refused({ ...start, message: "The file is nested too deeply." })
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) {
    return refused(
      ...faults.slice(0, yamlLimits.problems).map(({ code, message, pos }) => {
        const { column, line } = at(pos[0])
        return { line, column, field: "", message: `${message}${hint(code)}` }
      })
    )
  }
  const aliases = targetsOf(document)
  if (aliases.size > yamlLimits.aliases) {
    return refused({ ...start, message: `The file has more than ${yamlLimits.aliases.toLocaleString("en")} aliases.` })
  }
  const nodeOf = (node: unknown): Node | undefined =>
    isAlias(node) ? aliases.get(node) : isNode(node) ? node : undefined
  const counted = expandedSize(document.contents, nodeOf)
  if (counted instanceof Oversize) {
    return refused({ ...at(counted.node.range?.[0] ?? 0), field: "", message: counted.message })
  }

  /** The node of a path as far as there is one; for a key that stands there, the key. */
  const find = (field: string): Node | undefined => {
    let found: Node | undefined = nodeOf(document.contents)
    let rest = field === "" ? [] : field.split(".")
    while (rest.length > 0) {
      const next = stepInto(nodeOf(found), rest)
      if (next === undefined) return found
      found = next.node
      rest = rest.slice(next.steps)
    }
    return found
  }

  const value = valueOf(document)
  if (Result.isFailure(value)) return refused({ ...start, message: value.failure })
  return Result.succeed({
    value: value.success,
    placeOf: (field) => at(find(field)?.range?.[0] ?? 0),
    isBare: (field) => {
      const node = find(field)
      return isScalar(node) && node.type === "PLAIN" && node.value !== null && typeof node.value !== "string"
    }
  })
}

const refused = (...problems: ReadonlyArray<FileProblem>) => Result.fail(problems.slice(0, yamlLimits.problems))

const parsed = (text: string, lineCounter: LineCounter) => {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, merge: true, logLevel: "error" })
  } catch (error) {
    // What is nested ten thousand deep is more than the stack of the parser holds.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The values. Merging what is no map, and aliases of what stands nowhere, are found only now. */
const valueOf = (document: ReturnType<typeof parseDocument>): Result.Result<unknown, string> =>
  Result.try({
    try: (): unknown => document.toJS({ maxAliasCount: -1 }),
    catch: (error) => error instanceof Error ? `${error.message}.` : String(error)
  })

/** What each alias stands for: the last node before it that has its anchor. */
const targetsOf = (document: ReturnType<typeof parseDocument>): ReadonlyMap<Node, Node> => {
  const anchors = new Map<string, Node>()
  const targets = new Map<Node, Node>()
  visit(document, {
    Node: (_, node) => {
      const target = isAlias(node) ? anchors.get(node.source) : undefined
      if (target !== undefined) targets.set(node, target)
      if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node)
    }
  })
  return targets
}

const hint = (code: string): string =>
  code === "BAD_DQ_ESCAPE" ? " Write a pattern in single quotes: there a backslash stands for itself." : ""

const stepInto = (
  node: Node | undefined,
  path: ReadonlyArray<string>
): { readonly node: Node; readonly steps: number } | undefined => {
  if (!isCollection(node)) return undefined
  if (!isMap(node)) {
    const item = node.items[Number(path[0])]
    return isNode(item) ? { node: item, steps: 1 } : undefined
  }
  // A key may hold dots itself.
  for (const steps of [1, path.length]) {
    const name = path.slice(0, steps).join(".")
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name)
    const found = pair?.value ?? pair?.key
    if (isNode(found)) return { node: found, steps }
  }
  return undefined
}

class Oversize {
  readonly node: Node
  readonly message: string
  constructor(node: Node, message: string) {
    this.node = node
    this.message = message
  }
}

/** How many values the document holds once each alias is written out. What is shared is counted only once. */
const expandedSize = (root: Node | null, target: (node: Node) => Node | undefined): number | Oversize => {
  const sizes = new Map<Node, number>()
  const open = new Set<Node>()

  const sizeOf = (node: Node, depth: number): number | Oversize => {
    const known = sizes.get(node)
    if (known !== undefined) return known
    if (depth > yamlLimits.depth) return new Oversize(node, "The file is nested too deeply here.")
    if (open.has(node)) return new Oversize(node, "The alias is inside of what it stands for.")
    open.add(node)
    let size = 1
    for (const child of childrenOf(node, target)) {
      const inner = sizeOf(child, depth + 1)
      if (inner instanceof Oversize) return inner
      size += inner
      if (size > yamlLimits.values) {
        const most = yamlLimits.values.toLocaleString("en")
        return new Oversize(node, `With every alias written out, this holds more than ${most} values.`)
      }
    }
    open.delete(node)
    sizes.set(node, size)
    return size
  }
  return root === null ? 0 : sizeOf(root, 0)
}

const childrenOf = (node: Node, target: (node: Node) => Node | undefined): ReadonlyArray<Node> => {
  if (isAlias(node)) {
    const shared = target(node)
    return shared === undefined ? [] : [shared]
  }
  if (!isCollection(node)) return []
  const children = node.items.flatMap((item): ReadonlyArray<unknown> => isPair(item) ? [item.key, item.value] : [item])
  return children.filter(isNode)
}
