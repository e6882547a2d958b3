import { Effect, Redacted } from "effect"
import { bad, type ConfigFinding, good } from "../../src/domain/ConfigFinding.ts"
import type { SecretValues } from "../../src/domain/SecretValues.ts"
import type { Program } from "../../src/domain/Settings.ts"
import type { Environment } from "../environment/Environment.ts"
import { archiveKeyName, baseName, callerOf, isOwn, secretsAmong, sessionKeyName } from "../secret/names.ts"
import { SecretStore } from "../secret/SecretStore.ts"
import { validateSecrets } from "../secret/validateSecrets.ts"

/** In production a key has as many characters: 18 random bytes in base 64. */
const leastKey = 24
const leastPassword = 16

/** What a program cannot work without; a word in brackets stands for any key of that role. */
const needed: Readonly<Record<Program, ReadonlyArray<string>>> = {
  ingestor: ["REDIS_PASS", "[ingest]"],
  alerter: ["REDIS_PASS", "DB_USER", "DB_PASS"],
  "moog-forwarder": ["REDIS_PASS", "MOOG_API_KEY"],
  "web-ui": ["REDIS_PASS", "DB_USER", "DB_PASS"]
}

const wordsFor = (need: string): string =>
  need === "[ingest]" ? "a key that lets senders in (INGEST_API_KEY, or API_KEY_INGEST_…)" : need

const missing = (needs: ReadonlyArray<string>, names: ReadonlySet<string>) =>
  needs.filter((need) =>
    need.startsWith("[")
      ? ![...names].some((name) => `[${callerOf(name)?.role}]` === need)
      : !names.has(need)
  ).map((need) => bad("secrets", `${wordsFor(need)} is not in the store`, "put it there, as X or X_CURRENT"))

const least = (name: string): number | undefined =>
  callerOf(baseName(name)) !== undefined
    ? leastKey
    : isOwn(name) && baseName(name) !== "DB_USER"
    ? leastPassword
    : undefined

const long = (values: SecretValues): ReadonlyArray<ConfigFinding> => {
  const short = [...values].filter(([name, value]) => {
    const wanted = name.endsWith("_FROM") ? undefined : least(name)
    return wanted !== undefined && Redacted.value(value).length < wanted
  })
  return short.length === 0
    ? [good("keys", `each has ${leastKey} characters or more, and passwords ${leastPassword}`)]
    : short.map(([name]) =>
      bad(
        "keys",
        `${name} is shorter than ${least(name)} characters, and may be guessed`,
        `rotate it: openssl rand -base64 24`
      )
    )
}

const forLogins = (
  names: ReadonlySet<string>,
  { program, shown }: Environment["Service"]
): ReadonlyArray<ConfigFinding> => {
  if (program !== "web-ui") return []
  const item = "logins"
  const somebody = shown["OIDC_ISSUER"] !== undefined || [...names].some((name) => callerOf(name)?.role === "admin")
  return [
    names.has(sessionKeyName)
      ? good(item, "SESSION_KEY seals them")
      : bad(
        item,
        "without SESSION_KEY each replica seals with a key of its own: a restart ends every login",
        "put SESSION_KEY there, 32 characters or more: openssl rand -base64 36"
      ),
    somebody
      ? good(item, "somebody may administer")
      : bad(
        item,
        "nobody may change anything: there is no key of role admin",
        "put ADMIN_API_KEY there, or set OIDC_ISSUER"
      )
  ]
}

/** The store can be read, what this program needs is in it, and all of it can be used. */
export const secretItems = Effect.fnUntraced(function*(fixed: Environment["Service"], production: boolean) {
  const store = yield* SecretStore
  const read = yield* Effect.result(store.read)
  if (read._tag === "Failure") {
    const { detail, store } = read.failure
    return [bad("secrets", `${store}: ${detail}`, "correct MUTT_SECRETS and what it names")]
  }
  const { problems, values } = validateSecrets(new Map(), read.success)
  const names = secretsAmong(values.keys())
  const needs = [
    ...needed[fixed.program],
    ...(fixed.shown["ARCHIVE_S3_ENDPOINT"] === undefined ? [] : [archiveKeyName])
  ]
  const found = [
    ...[...problems].map(([name, problem]) => bad("secrets", `${name} ${problem}`, "put another value there")),
    ...missing(needs, names)
  ]
  return [
    ...(found.length === 0 ? [good("secrets", `${names.size} in the store ${store.kind}`)] : found),
    ...(production ? [...long(values), ...forLogins(names, fixed)] : [])
  ]
})
