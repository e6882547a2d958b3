import { hkdf } from "@noble/hashes/hkdf.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Array as Arrays, Context, Effect, Layer, Option, Redacted } from "effect"
import { randomBytes } from "../../../layers/random/secureRandom.ts"
import { sessionKeyName } from "../../../layers/secret/names.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"

/** Gives what seals cookies: the secret `SESSION_KEY`, and where there is none, a random one of this process. */
export class SessionKey extends Context.Service<SessionKey, {
  /** The first one seals, each opens: CURRENT, then NEXT. */
  readonly values: Effect.Effect<Arrays.NonEmptyReadonlyArray<Redacted.Redacted>>
}>()("mutt/services/web-ui/session/SessionKey") {
  static readonly layer = Layer.effect(
    SessionKey,
    Effect.gen(function*() {
      const secrets = yield* Secrets
      const own = Redacted.make(bytesToHex(randomBytes(32)))
      let said = false
      const values = secrets.get(sessionKeyName).pipe(
        Effect.map(({ current, next }) => [current, next].flatMap(Option.toArray)),
        Effect.catchTag("SecretMissing", () => Effect.succeed([])),
        Effect.tap((found) =>
          found.length > 0 || said ? Effect.void : Effect.andThen(
            Effect.sync(() => void (said = true)),
            Effect.logWarning("The secret store has no SESSION_KEY: logins end when this process does.")
          )
        ),
        Effect.map((found) => Arrays.isReadonlyArrayNonEmpty(found) ? found : Arrays.make(own))
      )
      // Said at the start, and not by the first login.
      yield* values
      return SessionKey.of({ values })
    })
  )
}

/** The 32 bytes for one use of the secret: what is sealed for another one does not open. */
export const derivedKey = (secret: Redacted.Redacted, use: string): Uint8Array =>
  hkdf(sha256, utf8ToBytes(Redacted.value(secret)), undefined, utf8ToBytes(`mutt ${use}`), 32)
