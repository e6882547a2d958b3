import { readTime } from "../fields/timestamp.ts"
import type { SyslogParts } from "./syslog.ts"

const header = /1 (-|\d{4}-\S{1,48}) (\S{1,255}) (\S{1,64}) (\S{1,128}) (\S{1,64}) ?/y

/** Reads what follows the priority as RFC 5424: header, structured data, message. `undefined` when it is not of that form. */
export const readRfc5424 = (line: string, start: number): SyslogParts | undefined => {
  if (start === 0 || line.charCodeAt(start) !== 49 || line.charCodeAt(start + 1) !== 32) return undefined
  header.lastIndex = start
  const match = header.exec(line)
  if (match === null) return undefined
  const [, time, host, app, process, id] = match
  const { elements, end } = readStructuredData(line, header.lastIndex)
  const fields: Array<readonly [string, unknown]> = []
  if (process !== undefined && process !== "-") fields.push(["procid", process])
  if (id !== undefined && id !== "-") fields.push(["msgid", id])
  fields.push(...elements)
  const body = line.slice(line.charCodeAt(end) === 32 ? end + 1 : end)
  const text = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body
  const millis = time === undefined || time === "-" ? undefined : readTime(time, 0)
  return {
    millis,
    timeText: millis === undefined && time !== "-" ? time : undefined,
    hostname: host === "-" ? undefined : host,
    program: app === "-" ? undefined : app,
    fields,
    // Structured data alone is a message too, for those who look only at the text.
    message: text.trim() === "" && elements.length > 0 ? line.slice(header.lastIndex, end) : text
  }
}

interface StructuredData {
  readonly elements: ReadonlyArray<readonly [string, unknown]>
  readonly end: number
}

const element = /\[([^\s=\]"]{1,64})((?: +[^\s=\]"]{1,64}="(?:[^"\\]|\\.)*")*) *\]/ys
const parameter = / +([^\s=\]"]{1,64})="((?:[^"\\]|\\.)*)"/gs

/** What does not keep to the grammar is left to the message. */
const readStructuredData = (line: string, start: number): StructuredData => {
  if (line.charCodeAt(start) === 45) return { elements: [], end: start + 1 }
  const elements: Array<readonly [string, unknown]> = []
  let end = start
  while (line.charCodeAt(end) === 91) {
    element.lastIndex = end
    const match = element.exec(line)
    if (match === null) break
    const values: Record<string, string> = {}
    for (const [, name = "", value = ""] of (match[2] ?? "").matchAll(parameter)) {
      if (name !== "__proto__") values[name] = value.replace(/\\(["\\\]])/g, "$1")
    }
    elements.push([match[1] ?? "", values])
    end = element.lastIndex
  }
  return { elements, end }
}
