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

export const fixedNames: ReadonlyArray<string> = [
  ...userNames,
  ...pairs.flatMap((name) => [name, `${name}_CURRENT`, `${name}_NEXT`])
]

export const apiKeyPrefix = "API_KEY_"

/** `DB_PASS_NEXT` → `DB_PASS`. */
export const baseName = (name: string): string => name.replace(/_(CURRENT|NEXT)$/, "")

/** Names of users are kept with the secrets and are none: they do not change while a program runs. */
export const isCredential = (name: string): boolean => !userNames.includes(name)

/** `DB_PASS_PREVIOUS` beside a `DB_PASS`: kept by a rotation until it is finished, for a rollback. Nobody logs in with it. */
export const isPrevious = (name: string, has: (name: string) => boolean): boolean => {
  const base = /^(.+)_PREVIOUS$/.exec(name)?.[1]
  return base !== undefined && (has(`${base}_CURRENT`) || has(base))
}

/** What this process logs in with at its servers, and cannot do without. */
export const isOwn = (name: string): boolean => ["DB_USER", "DB_PASS", "REDIS_PASS"].includes(baseName(name))

/** Ours or a caller's; it travels in an HTTP header. */
export const isApiKey = (name: string): boolean => name.startsWith(apiKeyPrefix) || baseName(name).endsWith("_API_KEY")

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
  const match = /^API_KEY_([A-Z]+)_([A-Z0-9_]+)$/.exec(name)
  const role = Role.literals.find((literal) => literal.toUpperCase() === match?.[1])
  return role === undefined || match?.[2] === undefined
    ? undefined
    : { name: match[2].toLowerCase().replaceAll("_", "-"), role }
}
