import { Role } from "../../src/domain/Role.ts"
import type { Caller } from "../../src/domain/Role.ts"

/** Secrets with a fixed name. A name with two values has `_CURRENT` and `_NEXT` forms and the plain one of older set-ups. */
const pairs = [
  "DB_PASS",
  "REDIS_PASS",
  "REDIS_SENTINEL_PASS",
  "REDIS_ADMIN_PASS",
  "INGEST_API_KEY",
  "WEBUI_API_KEY",
  "VIEWER_API_KEY",
  "OPERATOR_API_KEY",
  "ADMIN_API_KEY",
  "MOOG_API_KEY"
]

const userNames: ReadonlyArray<string> = ["DB_USER", "REDIS_ADMIN_USER"]

export const apiKeyPrefix = "API_KEY_"

/**
 * What a name ends in when its value is a part of another secret and none of its own, whatever else the store holds.
 *
 * `CURRENT`, `NEXT`: a value that is used. `PREVIOUS`: kept by a rotation for a rollback; nobody logs in with it and nobody is let in with it.
 * `FROM`: the addresses that a caller's key is good from.
 */
export type Part = "CURRENT" | "NEXT" | "PREVIOUS" | "FROM"

const reserved = /^(.*)_(CURRENT|NEXT|PREVIOUS|FROM)$/s
const isPart = (word: string | undefined): word is Part =>
  word === "CURRENT" || word === "NEXT" || word === "PREVIOUS" || word === "FROM"

/** `DB_PASS_NEXT` → `DB_PASS` and `NEXT`; a plain name has no part. */
export const partOf = (name: string): { readonly base: string; readonly part: Part | undefined } => {
  const [, base, part] = reserved.exec(name) ?? []
  return base !== undefined && isPart(part) ? { base, part } : { base: name, part: undefined }
}

/** `DB_PASS_NEXT` → `DB_PASS`. */
export const baseName = (name: string): string => partOf(name).base

/**
 * The secrets that these names have values of. A name that still ends in a reserved word without one (`X_PREVIOUS_CURRENT`) is no secret,
 * or an old value could be let in under such a name.
 */
export const secretsAmong = (names: Iterable<string>): ReadonlySet<string> => {
  const secrets = new Set<string>()
  for (const name of names) {
    const { base, part } = partOf(name)
    if (part !== "PREVIOUS" && part !== "FROM" && !reserved.test(base)) secrets.add(base)
  }
  return secrets
}

/** Names of users are kept with the secrets and are none: they do not change while a program runs. */
export const isCredential = (name: string): boolean => !userNames.includes(name)

/** What this process logs in with at its servers, and cannot do without. */
export const isOwn = (name: string): boolean => ["DB_USER", "DB_PASS", "REDIS_PASS"].includes(baseName(name))

/** Ours or a caller's; it travels in an HTTP header. */
export const isApiKey = (name: string): boolean => name.startsWith(apiKeyPrefix) || baseName(name).endsWith("_API_KEY")

/** Empty values count as absent. An empty list of addresses is a mistake: taken for none, it would open what it was to close. */
export const counts = (name: string, value: string): boolean => value !== "" || partOf(name).part === "FROM"

const callers: Readonly<Record<string, Caller>> = {
  INGEST_API_KEY: { name: "ingest", role: "ingest" },
  WEBUI_API_KEY: { name: "webui", role: "admin" },
  VIEWER_API_KEY: { name: "viewer", role: "viewer" },
  OPERATOR_API_KEY: { name: "operator", role: "operator" },
  ADMIN_API_KEY: { name: "admin", role: "admin" }
}

/** Who calls with the key of this (base) name; `undefined` when it is no key of a caller. */
export const callerOf = (name: string): Caller | undefined => {
  if (Object.hasOwn(callers, name)) return callers[name]
  const match = reserved.test(name) ? undefined : /^API_KEY_([A-Z]+)_([A-Z0-9_]+)$/.exec(name)
  const role = Role.literals.find((literal) => literal.toUpperCase() === match?.[1])
  return role === undefined || match?.[2] === undefined
    ? undefined
    : { name: match[2].toLowerCase().replaceAll("_", "-"), role }
}

/** Secrets whose names are known beforehand, for stores that cannot be listed. */
export const fixedNames: ReadonlyArray<string> = [
  ...userNames,
  ...pairs.flatMap((name) => [name, `${name}_CURRENT`, `${name}_NEXT`]),
  ...Object.keys(callers).map((name) => `${name}_FROM`)
]
