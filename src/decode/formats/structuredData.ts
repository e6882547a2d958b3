/** Structured data of RFC 5424, as far as it keeps to the grammar. */
export interface StructuredData {
  readonly elements: ReadonlyArray<readonly [string, unknown]>
  readonly end: number
  /** `false` when something that began as an element was left to the message. */
  readonly whole: boolean
}

const none: ReadonlyArray<readonly [string, unknown]> = []
const element = /\[([^\s=\]"]{1,64})((?: +[^\s=\]"]{1,64}="(?:[^"\\]|\\.)*")*) *\]/ys
const parameter = / +([^\s=\]"]{1,64})="((?:[^"\\]|\\.)*)"/gs

/** Reads structured data at `start`. What does not keep to the grammar is left to the message. */
export const readStructuredData = (line: string, start: number): StructuredData => {
  if (line.charCodeAt(start) === 45) return { elements: none, end: start + 1, whole: true }
  if (line.charCodeAt(start) !== 91) return { elements: none, end: start, whole: true }
  const elements: Array<readonly [string, unknown]> = []
  let end = start
  let whole = true
  while (line.charCodeAt(end) === 91) {
    element.lastIndex = end
    const match = element.exec(line)
    whole = match !== null
    if (match === null) break
    elements.push([match[1] ?? "", valuesOf(match[2] ?? "")])
    end = element.lastIndex
  }
  return { elements, end, whole }
}

const valuesOf = (text: string): Record<string, string> => {
  const values: Record<string, string> = {}
  for (const [, name = "", value = ""] of text.matchAll(parameter)) {
    if (name !== "__proto__") values[name] = value.replace(/\\(["\\\]])/g, "$1")
  }
  return values
}
