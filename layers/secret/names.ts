import { Redacted } from "effect"
import { canary } from "../../src/domain/Canary.ts"
import { type Caller, Role } from "../../src/domain/Role.ts"
import type { SecretValues } from "../../src/domain/SecretValues.ts"

/** Seals the logins of the console. */
export const sessionKeyName = "SESSION_KEY"
/** Proves the web-ui to the provider where people log in. */
export const oidcSecretName = "OIDC_CLIENT_SECRET"

/** The id of an access key of the store of the archive, a colon, and its secret. */
export const archiveKeyName = "ARCHIVE_S3_KEY"

/** Secrets with a fixed name, each with `_CURRENT`, `_NEXT` and the plain form of older set-ups. */
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
  canary.keyName,
  "MOOG_API_KEY",
  sessionKeyName,
  oidcSecretName,
  archiveKeyName
]

const userNames: ReadonlyArray<string> = ["DB_USER", "REDIS_ADMIN_USER"]

export const apiKeyPrefix = "API_KEY_"

/**
 * The reserved ends of names. `CURRENT` and `NEXT`: a value that is used. `PREVIOUS`: kept by a rotation for a
 * rollback; nobody logs in with it and nobody is let in with it. `FROM`: the addresses that a caller's key is good
 * from.
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
 * The secrets of which there are values under these names. `X_PREVIOUS_CURRENT` is a value of none: an old value could
 * be let in under such a name.
 */
export const secretsAmong = (names: Iterable<string>): ReadonlySet<string> => {
  const secrets = new Set<string>()
  for (const name of names) {
    const { base, part } = partOf(name)
    if (part !== "PREVIOUS" && part !== "FROM" && !reserved.test(base)) secrets.add(base)
  }
  return secrets
}

/** Names of users are kept with the secrets and are none: they stay the same while a program runs. */
export const isCredential = (name: string): boolean => !userNames.includes(name)

/** Whether this process logs in with it at its servers. */
export const isOwn = (name: string): boolean => ["DB_USER", "DB_PASS", "REDIS_PASS"].includes(baseName(name))

/** Whether it is sent in an HTTP header, by MUTT or by a caller. */
export const isApiKey = (name: string): boolean => name.startsWith(apiKeyPrefix) || baseName(name).endsWith("_API_KEY")

/** Leaves out empty values. An empty list of addresses stays and is a problem: it was meant to limit a key. */
export const withoutEmpty = (values: SecretValues): SecretValues =>
  new Map([...values].filter(([name, value]) => Redacted.value(value) !== "" || partOf(name).part === "FROM"))

const callers: Readonly<Record<string, Caller>> = {
  INGEST_API_KEY: { name: "ingest", role: "ingest" },
  [canary.keyName]: { name: canary.sender, role: "ingest" },
  WEBUI_API_KEY: { name: "webui", role: "admin" },
  VIEWER_API_KEY: { name: "viewer", role: "viewer" },
  OPERATOR_API_KEY: { name: "operator", role: "operator" },
  ADMIN_API_KEY: { name: "admin", role: "admin" }
}

/** The caller that the key of this base name lets in; `undefined` when it is no key of a caller. */
export const callerOf = (name: string): Caller | undefined => {
  if (Object.hasOwn(callers, name)) return callers[name]
  const match = reserved.test(name) ? undefined : /^API_KEY_([A-Z]+)_([A-Z0-9_]+)$/.exec(name)
  const role = Role.literals.find((literal) => literal.toUpperCase() === match?.[1])
  return role === undefined || match?.[2] === undefined
    ? undefined
    : { name: match[2].toLowerCase().replaceAll("_", "-"), role }
}

/** Names that are known beforehand, for stores that cannot be listed. */
export const fixedNames: ReadonlyArray<string> = [
  ...userNames,
  ...pairs.flatMap((name) => [name, `${name}_CURRENT`, `${name}_NEXT`]),
  ...Object.keys(callers).map((name) => `${name}_FROM`)
]
