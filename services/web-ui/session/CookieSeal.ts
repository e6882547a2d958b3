import { Effect, Option, Schema } from "effect"
import { compactDecrypt, CompactEncrypt } from "jose"
import { derivedKey, SessionKey } from "./SessionKey.ts"

/** Seals values of one kind, so that only we can read or make them. */
export interface CookieSeal<A> {
  readonly seal: (value: A) => Effect.Effect<string>
  /** None: it was sealed by another key, for another use, or not by us. */
  readonly open: (sealed: string) => Effect.Effect<Option.Option<A>>
}

/** Browsers keep no longer cookie. */
const longest = 4_096

const header = { alg: "dir", enc: "A256GCM" }
const only = { keyManagementAlgorithms: [header.alg], contentEncryptionAlgorithms: [header.enc] }

/** Seals as a JWE. `use` is part of the key. */
export const makeCookieSeal = Effect.fn(function*<A, I>(use: string, schema: Schema.Codec<A, I>) {
  const { values } = yield* SessionKey
  const codec = Schema.fromJsonString(schema)
  const encode = Schema.encodeEffect(codec)
  const decode = Schema.decodeUnknownEffect(codec)
  const [toBytes, toText] = [new TextEncoder(), new TextDecoder()]

  const seal = Effect.fnUntraced(function*(value: A) {
    const [secret] = yield* values
    const text = yield* encode(value)
    return yield* Effect.promise(() =>
      new CompactEncrypt(toBytes.encode(text)).setProtectedHeader(header).encrypt(derivedKey(secret, use))
    )
  }, Effect.orDie)

  const open = Effect.fnUntraced(function*(sealed: string) {
    if (sealed.length > longest) return Option.none<A>()
    for (const secret of yield* values) {
      const opened = yield* Effect.option(
        Effect.tryPromise(() => compactDecrypt(sealed, derivedKey(secret, use), only))
      )
      if (Option.isSome(opened)) return yield* Effect.option(decode(toText.decode(opened.value.plaintext)))
    }
    return Option.none<A>()
  })

  return { seal, open } satisfies CookieSeal<A>
})
