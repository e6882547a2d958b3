import { Redacted } from "effect"
import type { SecretValues } from "../../src/domain/SecretValues.ts"
import { type AddressRange, parseRanges } from "../../src/logic/addresses.ts"
import { saslprepChanges } from "../../src/logic/scramVerifier.ts"
import { archiveKeyName, baseName, callerOf, isApiKey, isOwn, partOf, sessionKeyName } from "./names.ts"

export interface ValidSecrets {
  /** May be used. */
  readonly values: SecretValues
  /** Name → what is wrong with its value, in words that do not show it. */
  readonly problems: ReadonlyMap<string, string>
}

const longest = 4_096
/** Of a caller's key, in characters: a shorter one can be guessed. */
const shortestKey = 16
/** Of what seals logins. */
const shortestSessionKey = 32
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
  if (base === sessionKeyName && value.length < shortestSessionKey) {
    return `is shorter than ${shortestSessionKey} characters`
  }
  if (base === archiveKeyName && !/^[!-9;-~]{3,128}:[!-~]{8,}$/.test(value)) {
    return "is not the id of an access key, a colon and its secret"
  }
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
export const sourcesOf = (values: SecretValues, name: string): ReadonlyArray<AddressRange> | undefined => {
  const value = values.get(`${name}_FROM`)
  if (value === undefined) return undefined
  const ranges = parseRanges(Redacted.value(value))
  // Never open: a list that cannot be read was left out before.
  return typeof ranges === "string" ? [] : ranges
}

/**
 * Leaves out values that cannot be used. What was read before stays in their place, and in that of a password this
 * process needs and the store has no more: a mistake in the store takes no working credential away. A key whose list of
 * addresses cannot be read, and had none before, is left out: nobody knows whom the list was to keep out. PREVIOUS
 * values are for rotations alone.
 */
export const validateSecrets = (before: SecretValues, read: SecretValues): ValidSecrets => {
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
    // The plain name stands for a missing CURRENT, not for a wrong one: its value may be an old one.
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

/** The value that was in use under this name. The plain name and CURRENT are one. */
const inForce = (before: SecretValues, name: string): Redacted.Redacted | undefined => {
  const { base, part } = partOf(name)
  return part === "NEXT" || part === "FROM" ? before.get(name) : before.get(`${base}_CURRENT`) ?? before.get(base)
}
