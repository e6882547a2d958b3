import { budgetLimits } from "../Budget.ts"
import { isEscaped } from "../characters.ts"
import { isVariableName, readOid } from "../fields/oid.ts"
import type { Varbind } from "../fields/trap.ts"
import type { TrapNames } from "../fields/trapNames.ts"

/** `OID VALUE`, and `OID = VALUE` of `-OQ` and of logs. */
const spaced = /^(\S(?:[^\s"']|"[^"]*"|'[^']*')*)(?: (.*))?$/s
const equated = /^(\S(?:[^\s"']|"[^"]*"|'[^']*')*) = ?(.*)$/s
const typed =
  /^(?:Wrong Type \(should be [\w -]{1,40}\): )?(INTEGER|Integer32|UInteger32|Unsigned32|STRING|Hex-STRING|OID|IpAddress|Network Address|Timeticks|Gauge32|Counter32|Counter64|Opaque|BITS|NULL|Float|Double): ?/

/**
 * Reads the variables of a trap, a line each. A value in quotes may span lines: they belong to it until its quote
 * closes. So may one in hexadecimal, whose further lines begin with no name of a variable. One more than a trap may
 * have is read, so that the caller sees it.
 */
export const readVariableLines = (
  lines: ReadonlyArray<string>,
  names: TrapNames | undefined
): ReadonlyArray<Varbind> => {
  const read: Array<{ readonly oid: string; value: string }> = []
  const form = equated.test(lines[0] ?? "") ? equated : spaced
  let open = false
  for (const line of lines) {
    const last = read.at(-1)
    if (last !== undefined && open) {
      last.value += `\n${line}`
      open = !closes(line)
      continue
    }
    const [, oid, value = ""] = form.exec(line) ?? []
    // The first is one whatever its name; so is none that says nothing.
    if (oid === undefined || (last !== undefined || value === "") && !isVariableName(oid)) {
      if (last !== undefined && line !== "") last.value += `\n${line}`
      continue
    }
    if (read.push({ oid, value }) > budgetLimits.variables) break
    const text = value.replace(typed, "")
    open = text.startsWith("\"") && !closes(text.slice(1))
  }
  return read.map(({ oid, value }) => varbindOf(oid, value, names))
}

const varbindOf = (written: string, value: string, names: TrapNames | undefined): Varbind => {
  const oid = readOid(written, names)
  const type = typed.exec(value)?.[1]
  const text = unquote(type === undefined ? value : value.replace(typed, ""))
  return {
    oid: oid ?? written,
    ...(oid !== undefined && isName(written) ? { name: written } : {}),
    ...(type === undefined ? {} : { type }),
    value: text
  }
}

const isName = (written: string): boolean => !/^(?:\.?iso)?[\d.]+$/.test(written)

const closes = (text: string): boolean => {
  const trimmed = text.trimEnd()
  return trimmed.endsWith("\"") && !isEscaped(trimmed, trimmed.length - 1)
}

const unquote = (value: string): string => {
  const text = value.trim()
  return text.length >= 2 && text.startsWith("\"") && text.endsWith("\"")
    ? text.slice(1, -1).replace(/\\(["\\])/g, "$1")
    : text
}
