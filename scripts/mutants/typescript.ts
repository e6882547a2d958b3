import { parseAst } from "vitest/node"
import { another, type Mutant } from "./Mutant.ts"
import { languageOf, mutantsOfText } from "./texts.ts"

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
const nodesOf = (value: unknown): ReadonlyArray<Node> => (Array.isArray(value) ? value : [value]).filter(isNode)

const boundary: Readonly<Record<string, string>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" }
const opposite: Readonly<Record<string, string>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "&&": "||",
  "||": "&&",
  "+=": "-=",
  "-=": "+=",
  "||=": "&&=",
  min: "max",
  max: "min"
}

/** As Effect reads them, in their quotes. */
const duration = /^"\d+ (?:millis|(?:second|minute|hour|day)s?)"$/

/** Words for machines: a reader of the API or a metric tells cases apart by them. */
const reasons = /^(?:reason|fault|code|outcome)$/

/** TypeScript's own nodes that hold code. The others are types, which do nothing. */
const holdsCode = /^TS(?:As|NonNull|Satisfies)/
const isCode = ({ type }: Node) =>
  !(type.startsWith("TS") && !holdsCode.test(type)) && !/^(?:Import|ExportAll)/.test(type)

const isText = (node: unknown): boolean =>
  isNode(node) && (node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node["value"] === "string"))

const calls = (expression: unknown): boolean =>
  isNode(expression)
  && (/^(?:Assignment|Update|TaggedTemplate)Expression$/.test(expression.type)
    || (expression.type === "CallExpression" && isNode(expression["callee"]) && expression["callee"].type !== "Super")
    || (/^(?:Await|Yield|Unary)Expression$/.test(expression.type) && calls(expression["argument"])))

/** Leaves, at once: `return`, `throw`, `continue` or `break` alone. */
const leaves = (statement: unknown): boolean => {
  if (!isNode(statement)) return false
  const [only, ...more] = statement.type === "BlockStatement" ? nodesOf(statement["body"]) : [statement]
  return only !== undefined && more.length === 0 && /^(?:Return|Throw|Continue|Break)Statement$/.test(only.type)
}

const isPlainCondition = (test: unknown): test is Node =>
  isNode(test) && !/^(?:Binary|Logical|Unary)Expression$/.test(test.type)

/** The mutants of one node, without those of what it holds. */
const mutantsOfNode = (source: string, node: Node): ReadonlyArray<Mutant> => {
  const replace = (operator: string, { end, start }: Pick<Node, "start" | "end">, replacement: string): Mutant => ({
    start,
    end,
    replacement,
    operator,
    inText: false
  })
  /** The sign between two operands, comments aside. */
  const sign = (left: unknown, right: unknown, word: string) => {
    const start = isNode(left) && isNode(right) ? source.slice(0, right.start).lastIndexOf(word) : -1
    return isNode(left) && start >= left.end ? { start, end: start + word.length } : undefined
  }
  const swaps = (): ReadonlyArray<Mutant> => {
    const word = String(node["operator"])
    const position = sign(node["left"], node["right"], word)
    if (position === undefined || (word === "+" && (isText(node["left"]) || isText(node["right"])))) return []
    return [["boundary", boundary[word]] as const, ["operator", opposite[word]] as const].flatMap(([operator, other]) =>
      other === undefined ? [] : [replace(operator, position, other)]
    )
  }
  const negated = (test: unknown) =>
    isPlainCondition(test) ? [replace("negation", test, `!(${source.slice(test.start, test.end)})`)] : []
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression":
    case "AssignmentExpression":
      return swaps()
    case "UnaryExpression":
      return node["operator"] === "!" && isNode(node["argument"])
        ? [replace("negation", node, source.slice(node["argument"].start, node["argument"].end))]
        : []
    case "ConditionalExpression":
      return negated(node["test"])
    case "IfStatement":
      return [
        ...negated(node["test"]),
        ...(!isNode(node["alternate"]) && leaves(node["consequent"]) ? [replace("early return", node, ";")] : [])
      ]
    case "ExpressionStatement":
      return calls(node["expression"]) ? [replace("statement", node, ";")] : []
    case "MemberExpression": {
      const { object, property } = node
      if (!isNode(object) || object["name"] !== "Math" || !isNode(property)) return []
      const other = opposite[String(property["name"])]
      return other === undefined ? [] : [replace("operator", property, other)]
    }
    case "Property": {
      const { key, value } = node
      return isNode(key) && isNode(value) && reasons.test(String(key["name"])) && isText(value)
        ? [replace("reason", value, "\"\"")]
        : []
    }
    case "Literal":
      if (typeof node["value"] === "boolean") return [replace("constant", node, String(!node["value"]))]
      if (duration.test(String(node["raw"]))) {
        const text = String(node["raw"]).replace(/\d+/, (number) => another(Number(number)))
        return [replace("constant", node, text)]
      }
      return typeof node["value"] === "number" ? [replace("constant", node, another(node["value"]))] : []
    case "TemplateLiteral": {
      const text = source.slice(node.start, node.end)
      const language = languageOf(text)
      return language === undefined ? [] : mutantsOfText(language, text, node.start)
    }
    default:
      return []
  }
}

/** Every mutant of a file, in the order of the text. */
export const mutantsIn = (file: string, source: string): ReadonlyArray<Mutant> =>
  file.endsWith(".lua") ? mutantsOfText("lua", source, 0) : mutantsOf(source)

/** Those of TypeScript, and of Lua and SQL in its template literals. */
export const mutantsOf = (source: string): ReadonlyArray<Mutant> => {
  const found: Array<Mutant> = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isNode(value) || !isCode(value)) return
    found.push(...mutantsOfNode(source, value))
    for (const [field, child] of Object.entries(value)) if (field !== "typeAnnotation") visit(child)
  }
  visit(parseAst(source, { lang: "ts" }))
  return found.toSorted((a, b) => a.start - b.start || a.end - b.end)
}
