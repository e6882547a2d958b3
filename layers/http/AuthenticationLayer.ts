import { sha256 } from "@noble/hashes/sha2.js"
import { Effect, Layer, Metric, Redacted, Stream } from "effect"
import { type Caller, permits, type Role } from "../../src/domain/Role.ts"
import { Secrets } from "../secret/Secrets.ts"
import { supervised } from "../telemetry/supervised.ts"
import { Authentication, KeyRefused, RoleRefused } from "./Authentication.ts"
import { authFailuresTotal } from "./metrics.ts"

interface Entry {
  readonly hash: Uint8Array
  readonly caller: Caller
}

const utf8 = new TextEncoder()
const hashOf = (key: string): Uint8Array => sha256(utf8.encode(key))

const missing = Metric.withAttributes(authFailuresTotal, { reason: "missing" })
const unknown = Metric.withAttributes(authFailuresTotal, { reason: "unknown" })
const role = Metric.withAttributes(authFailuresTotal, { reason: "role" })

/** Knows the keys of `Secrets` and follows their changes. */
export const AuthenticationLayer = Layer.effect(
  Authentication,
  Effect.gen(function*() {
    const secrets = yield* Secrets
    const context = yield* Effect.context<never>()
    let entries: ReadonlyArray<Entry> = []
    /** Hashes of keys that were good, so that a busy sender's key is not hashed for each request. Never holds a wrong key. */
    const known = new Map<string, Uint8Array>()

    const reload = Effect.map(secrets.apiKeys, (keys) => {
      known.clear()
      entries = keys
        .filter(({ value }) => Redacted.value(value) !== "")
        .map(({ caller, value }) => ({ caller, hash: hashOf(Redacted.value(value)) }))
    })
    yield* reload
    yield* secrets.changes.pipe(Stream.runForEach(() => reload), supervised("http.keys"))

    const identify = (headers: Readonly<Record<string, string | undefined>>): Caller | undefined => {
      const key = presented(headers)
      if (key === undefined) {
        missing.updateUnsafe(1, context)
        return undefined
      }
      const hash = known.get(key) ?? hashOf(key)
      const caller = find(entries, hash)
      if (caller === undefined) unknown.updateUnsafe(1, context)
      else known.set(key, hash)
      return caller
    }

    const require = (headers: Readonly<Record<string, string | undefined>>, needs: Role) =>
      Effect.suspend((): Effect.Effect<Caller, KeyRefused | RoleRefused> => {
        const caller = identify(headers)
        if (caller === undefined) return Effect.fail(new KeyRefused())
        if (permits(caller.role, needs)) return Effect.succeed(caller)
        role.updateUnsafe(1, context)
        return Effect.fail(new RoleRefused({ caller: caller.name, needs }))
      })

    return Authentication.of({ identify, require })
  })
)

const presented = (headers: Readonly<Record<string, string | undefined>>): string | undefined => {
  const own = headers["x-api-key"]
  if (own !== undefined && own !== "") return own
  const bearer = /^bearer +(\S+)$/i.exec(headers["authorization"] ?? "")
  return bearer?.[1]
}

/** Looks at every byte of every entry, so that the time says nothing about which key was near. */
const find = (entries: ReadonlyArray<Entry>, hash: Uint8Array): Caller | undefined => {
  let found: Caller | undefined
  for (const entry of entries) {
    let difference = 0
    for (let index = 0; index < 32; index++) difference |= (entry.hash[index] ?? 0) ^ (hash[index] ?? 0)
    if (difference === 0) found ??= entry.caller
  }
  return found
}
