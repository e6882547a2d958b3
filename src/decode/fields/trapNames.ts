/** Names of traps and variables, by the last part of what MIBs call them, and in full where one is given. */
export type TrapNames = ReadonlyMap<string, string>

/** A line of a table of names that can't be read. */
interface TrapNameProblem {
  readonly line: number
  readonly problem: string
}

/** A table that was read whole, or what is wrong with it. */
type TrapNamesRead =
  | { readonly ok: true; readonly names: TrapNames }
  | { readonly ok: false; readonly problems: ReadonlyArray<TrapNameProblem> }

const entry = /^([A-Za-z][\w-]{0,127}(?:::[A-Za-z][\w-]{0,127})?)\s{0,32}=\s{0,32}(\S{1,512})$/
const oid = /^\.?([0-2](?:\.\d{1,10}){1,127})$/
/** A file with more wrong lines is no table. */
const most = 20

/**
 * Reads a table of names: `CISCO-CONFIG-MAN-MIB::ciscoConfigManEvent = 1.3.6.1.4.1.9.9.43.2.0.1` on each line, with or
 * without the name of the MIB. Lines that are empty or begin with `#` say nothing.
 */
export const parseTrapNames = (text: string): TrapNamesRead => {
  const names = new Map<string, string>()
  const problems: Array<TrapNameProblem> = []
  text.split("\n").forEach((raw, index) => {
    const line = raw.trim()
    if (line === "" || line.startsWith("#")) return
    const problem = addEntry(names, line)
    if (problem !== undefined && problems.length < most) problems.push({ line: index + 1, problem })
  })
  return problems.length === 0 ? { ok: true, names } : { ok: false, problems }
}

const addEntry = (names: Map<string, string>, line: string): string | undefined => {
  const [, name, written = ""] = entry.exec(line) ?? []
  if (name === undefined) return "is not `name = OID`"
  const number = oid.exec(written)?.[1]
  if (number === undefined) return `${written.slice(0, 64)} is no OID in numbers`
  const known = names.get(name)
  if (known !== undefined && known !== number) return `${name} has two OIDs: ${known} and ${number}`
  names.set(name, number)
  const last = name.slice(name.lastIndexOf(":") + 1)
  if (!names.has(last)) names.set(last, number)
  return undefined
}
