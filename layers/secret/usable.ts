import { Redacted } from "effect"
import { saslprepChanges } from "../../src/logic/scramVerifier.ts"
import { baseName, isApiKey, isOwn } from "./names.ts"

type Values = ReadonlyMap<string, Redacted.Redacted>

/** What of a read of the store may be used, and what is wrong with the rest: name → in words, without the value. */
export interface Usable {
  readonly values: Values
  readonly problems: ReadonlyMap<string, string>
}

const longest = 4_096
const utf8 = new TextEncoder()

const problemOf = (name: string, value: string): string | undefined => {
  if (value.length > longest || utf8.encode(value).length > longest) return `is longer than ${longest} bytes`
  if (value.includes("\0")) return "holds a NUL"
  if (!value.isWellFormed()) return "is no well-formed text"
  if (isApiKey(name) && !/^[!-~](?:[ -~]*[!-~])?$/.test(value)) return "cannot be sent in an HTTP header"
  if (baseName(name) === "DB_PASS" && saslprepChanges(value)) {
    return "holds characters for which PostgreSQL takes others (SASLprep)"
  }
  return undefined
}

/**
 * Sorts out what cannot be used. In its place, and in the place of a password that this process needs and that is gone from the store, stays
 * what was read before: a mistake in the store takes no working credential away.
 */
export const usableOf = (before: Values, read: Values): Usable => {
  const values = new Map<string, Redacted.Redacted>()
  const problems = new Map<string, string>()
  for (const [name, value] of read) {
    const problem = problemOf(name, Redacted.value(value))
    const kept = problem === undefined ? value : before.get(name)
    if (problem !== undefined) problems.set(name, problem)
    if (kept !== undefined) values.set(name, kept)
  }
  const found = new Set([...values.keys()].map(baseName))
  for (const [name, value] of before) {
    if (!isOwn(name) || found.has(baseName(name))) continue
    values.set(name, value)
    if (!problems.has(name)) problems.set(name, "is gone from the store")
  }
  return { values, problems }
}
