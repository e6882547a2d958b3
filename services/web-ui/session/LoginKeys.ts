import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Context, Effect, Layer, Redacted, Stream, SubscriptionRef } from "effect"
import { isGoodFrom } from "../../../layers/http/keyRing.ts"
import { type ApiKey, Secrets } from "../../../layers/secret/Secrets.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import type { Login } from "./Login.ts"

/** Names the key of a login, alike in every process: what is in a sealed cookie nobody else reads. */
export const keyFingerprint = (key: string): string =>
  bytesToHex(hmac(sha256, utf8ToBytes("mutt login"), utf8ToBytes(key))).slice(0, 32)

/** Knows whether the key of a login still lets its caller in. Follows the secret store. */
export class LoginKeys extends Context.Service<LoginKeys, {
  readonly letsIn: (login: Pick<Login, "caller" | "role" | "fingerprint">, address: string | undefined) => boolean
  /** An element now, and whenever keys change. */
  readonly changes: Stream.Stream<void>
}>()("mutt/services/web-ui/session/LoginKeys") {
  static readonly layer = Layer.effect(
    LoginKeys,
    Effect.gen(function*() {
      const secrets = yield* Secrets
      const held = yield* SubscriptionRef.make<ReadonlyMap<string, ReadonlyArray<ApiKey>>>(new Map())
      const reload = Effect.flatMap(
        secrets.apiKeys,
        (keys) => SubscriptionRef.set(held, Map.groupBy(keys, ({ value }) => keyFingerprint(Redacted.value(value))))
      )
      yield* reload
      yield* secrets.changes.pipe(Stream.runForEach(() => reload), supervised("session.keys"))
      return LoginKeys.of({
        letsIn: ({ caller, fingerprint, role }, address) =>
          (SubscriptionRef.getUnsafe(held).get(fingerprint ?? "") ?? []).some((key) =>
            key.caller.name === caller && key.caller.role === role && isGoodFrom(key.from, address)
          ),
        changes: Stream.map(SubscriptionRef.changes(held), () => undefined)
      })
    })
  )
}
