import { Redacted } from "effect"
import { type AddressRange, parseRanges } from "../../src/logic/addresses.ts"
import { saslprepChanges } from "../../src/logic/scramVerifier.ts"
import { baseName, callerOf, isApiKey, isOwn, partOf } from "./names.ts"

type Values = ReadonlyMap<string, Redacted.Redacted>

/** What of a read of the store may be used, and what is wrong with the rest: name → in words, without the value. */
export interface ValidSecrets {
  readonly values: Values
  readonly problems: ReadonlyMap<string, string>
}

const longest = 4_096
/** Of a caller's key, in characters. What is shorter can be guessed. */
const shortestKey = 16
const utf8 = new TextEncoder()

const problemOf = (name: string, value: string): string | undefined => {
  if (value.length > longest || utf8.encode(value).length > longest) return `is longer than ${longest} bytes`
  if (value.includes("\0")) return "holds a NUL"
  if (!value.isWellFormed()) return "is no well-formed text"
  const { base, part } = partOf(name)
  if (part !== undefined && partOf(base).part !== undefined) return "has a name with two reserved ends"
  if (part === "FROM") return sourcesProblem(base, value)
  if (isApiKey(name) && !/^[!-~](?:[ -~]*[!-~])?$/.test(value)) return "cannot be sent in an HTTP header"
  if (callerOf(base) !== undefined && value.length < shortestKey) return `is shorter than ${shortestKey} characters`
  if (base === "DB_PASS" && saslprepChanges(value)) {
    return "holds characters for which PostgreSQL takes others (SASLprep)"
  }
  return undefined
}

const sourcesProblem = (base: string, value: string): string | undefined => {
  if (callerOf(base) === undefined) return "is a list of addresses, and only the key of a caller may have one"
  const ranges = parseRanges(value)
  return typeof ranges === "string" ? `is no list of addresses: ${ranges}` : undefined
}

/** The addresses that the key of this name is good from; `undefined`: from anywhere. */
export const sourcesOf = (values: Values, name: string): ReadonlyArray<AddressRange> | undefined => {
  const value = values.get(`${name}_FROM`)
  if (value === undefined) return undefined
  const ranges = parseRanges(Redacted.value(value))
  // Never open: what cannot be read was sorted out, and would else be nobody's.
  return typeof ranges === "string" ? [] : ranges
}

/**
 * Sorts out what cannot be used. In its place, and in the place of a password that this process needs and that is gone from the store, stays
 * what was read before: a mistake in the store takes no working credential away. A list of addresses that cannot be read and was not there
 * before takes its key away, as nobody can tell whom it was to keep out. PREVIOUS values are for rotations alone and are left out.
 */
export const validateSecrets = (before: Values, read: Values): ValidSecrets => {
  const values = new Map<string, Redacted.Redacted>()
  const problems = new Map<string, string>()
  for (const [name, value] of read) {
    if (partOf(name).part === "PREVIOUS") continue
    const problem = problemOf(name, Redacted.value(value))
    const kept = problem === undefined ? value : inForce(before, name)
    if (problem !== undefined) problems.set(name, problem)
    if (kept !== undefined) values.set(name, kept)
  }
  for (const name of problems.keys()) {
    const { base, part } = partOf(name)
    if (callerOf(base) === undefined || values.has(name)) continue
    if (part === "FROM") { for (const slot of slotsOf(base)) values.delete(slot) }
    // The plain name stands for a CURRENT that is absent, not for one that is wrong: its value may be an old one.
    if (part === "CURRENT") values.delete(base)
  }
  const found = new Set([...values.keys()].map(baseName))
  for (const [name, value] of before) {
    if (!isOwn(name) || found.has(baseName(name))) continue
    values.set(name, value)
    if (!problems.has(name)) problems.set(name, "is gone from the store")
  }
  return { values, problems }
}

const slotsOf = (base: string): ReadonlyArray<string> => [base, `${base}_CURRENT`, `${base}_NEXT`]

/** What was used in the place of this value. The plain name and CURRENT are one. */
const inForce = (before: Values, name: string): Redacted.Redacted | undefined => {
  const { base, part } = partOf(name)
  return part === "NEXT" || part === "FROM" ? before.get(name) : before.get(`${base}_CURRENT`) ?? before.get(base)
}
