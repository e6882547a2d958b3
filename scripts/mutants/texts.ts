import { another, type Mutant } from "./Mutant.ts"

/** Languages of programs that are kept as text: scripts of Redis, and statements of PostgreSQL. */
type Language = "lua" | "sql"

export const languageOf = (text: string): Language | undefined =>
  /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER)\b/.test(text)
    ? "sql"
    : /\bredis\.call\b|\blocal \w/.test(text)
    ? "lua"
    : undefined

type Swaps = Readonly<Record<string, ReadonlyArray<string>>>

const comparisons: Swaps = { "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"] }
const arithmetic: Swaps = { "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"] }

const swaps: Readonly<Record<Language, Swaps>> = {
  lua: {
    ...comparisons,
    ...arithmetic,
    "==": ["~="],
    "~=": ["=="],
    and: ["or"],
    or: ["and"],
    "not ": [""],
    true: ["false"],
    false: ["true"],
    "math.min": ["math.max"],
    "math.max": ["math.min"]
  },
  sql: {
    ...comparisons,
    ...arithmetic,
    "=": ["<>"],
    "<>": ["="],
    AND: ["OR"],
    OR: ["AND"],
    "NOT EXISTS": ["EXISTS"],
    "IS NULL": ["IS NOT NULL"],
    "IS NOT NULL": ["IS NULL"],
    true: ["false"],
    false: ["true"],
    DESC: ["ASC"],
    min: ["max"],
    max: ["min"]
  }
}

const tokens: Readonly<Record<Language, RegExp>> = {
  lua: /--[^\n]*|"(?:\\.|[^"\\\n])*"|math\.\w+|\d+(?:e-?\d+)?|not |[A-Za-z_][\w.]*|==|~=|<=|>=|\.\.|[<>+\-*/]/g,
  sql:
    /--[^\n]*|interval '[^']*'|'[^']*'|NOT EXISTS|IS NOT NULL|IS NULL|\$\d+|[A-Za-z_]\w*|\d+|:=|<>|<=|>=|<@|@>|\|\||::|->>?|[<>=+\-*/]/g
}

/** What stands between two operands has a space on both sides; a sign or `count(*)` has not. */
const isBetween = (text: string, at: number, token: string) =>
  text[at - 1] === " " && /\s/.test(text[at + token.length] ?? "")

const isWord = (token: string) => /^[A-Za-z]/.test(token)
const isSymbol = (token: string) => /^[^\w"'$]/.test(token)

/** Lines that are one whole statement: what they call or assign is left out. */
const statement: Readonly<Record<Language, RegExp>> = {
  lua: /^ *(?:[\w.]+\(.*\)|[\w.]+(?:\[[^\]]+\])?(?:, [\w.]+(?:\[[^\]]+\])?)* = .*[^,{(]|if .* then return.* end)$/,
  sql: /^ *PERFORM .*;$/
}

const isBalanced = (line: string) =>
  ["()", "{}", "[]"].every((pair) => line.split(pair[0] ?? "").length === line.split(pair[1] ?? "").length)

const leftOut = (language: Language, text: string, offset: number): ReadonlyArray<Mutant> => {
  const found: Array<Mutant> = []
  let start = offset
  for (const line of text.split("\n")) {
    if (statement[language].test(line) && isBalanced(line)) {
      found.push({
        start: start + line.length - line.trimStart().length,
        end: start + line.length,
        replacement: "",
        operator: /^ *if /.test(line) ? "early return" : "statement",
        inText: true
      })
    }
    start += line.length + 1
  }
  return found
}

/** The mutants of a template literal that begins at `offset` of its file. What is put into it is left alone. */
export const mutantsOfText = (language: Language, literal: string, offset: number): ReadonlyArray<Mutant> => {
  const text = literal.replace(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, (inserted) => "X".repeat(inserted.length)).replace(
    /`$/,
    ""
  )
  const found: Array<Mutant> = []
  let clause = ""
  for (const { 0: token, index } of text.matchAll(tokens[language])) {
    const replace = (operator: string, replacement: string) =>
      found.push({ start: offset + index, end: offset + index + token.length, replacement, operator, inText: true })
    if (/^(?:SET|WHERE|ON|IF|WHEN|CHECK|BETWEEN|FILTER)$/.test(token)) clause = token
    if (/^\d/.test(token)) replace("constant", another(Number(token)))
    if (token.startsWith("interval")) replace("constant", token.replace(/\d+/, (number) => another(Number(number))))
    if (token.startsWith("--") || (isSymbol(token) && !isBetween(text, index, token))) continue
    if (token === "=" && clause === "SET") continue
    if (token === "AND" && clause === "BETWEEN") {
      clause = ""
      continue
    }
    if ((token === "min" || token === "max") && text[index + 3] !== "(") continue
    const others = Object.hasOwn(swaps[language], token) ? swaps[language][token] ?? [] : []
    for (const other of others) replace(isWord(token) ? "operator" : "comparison", other)
  }
  return [...found, ...leftOut(language, text, offset)].toSorted((a, b) => a.start - b.start || a.end - b.end)
}
