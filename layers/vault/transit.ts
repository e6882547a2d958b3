import { Effect, Schema } from "effect"
import { Buffer } from "node:buffer"
import type { Send } from "./request.ts"
import { type SignedText, VaultFailed } from "./Vault.ts"

export interface TransitKey {
  readonly mount: string
  readonly key: string
}

const decodeSigned = Schema.decodeUnknownEffect(
  Schema.Struct({ data: Schema.Struct({ signature: Schema.String }) })
)
const decodeVerified = Schema.decodeUnknownEffect(Schema.Struct({
  data: Schema.Struct({ batch_results: Schema.Array(Schema.Struct({ valid: Schema.optionalKey(Schema.Boolean) })) })
}))

const batch = 200
const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64")
const unreadable = (operation: "sign" | "verify") => () =>
  new VaultFailed({ operation, reason: "unreadable", status: 200 })

/** Signs and verifies with a key that never leaves Vault. */
export const makeTransit = (
  send: Send,
  withToken: <A>(use: (token: string) => Effect.Effect<A, VaultFailed>) => Effect.Effect<A, VaultFailed>,
  transit: TransitKey | undefined
) => {
  if (transit === undefined) {
    const absent = (operation: "sign" | "verify") =>
      Effect.fail(new VaultFailed({ operation, reason: "absent", status: 0 }))
    return { sign: () => absent("sign"), verify: () => absent("verify") }
  }
  const path = (operation: string) => [transit.mount, operation, transit.key].map(encodeURIComponent).join("/")

  const sign = (text: string) => {
    const body = { input: base64(text) }
    return withToken((token) => send("sign", { method: "POST", path: path("sign"), token, body })).pipe(
      Effect.flatMap((answer) => Effect.mapError(decodeSigned(answer), unreadable("sign"))),
      Effect.map(({ data }) => data.signature)
    )
  }

  const some = (signed: ReadonlyArray<SignedText>): Effect.Effect<ReadonlyArray<boolean>, VaultFailed> => {
    const body = { batch_input: signed.map(({ signature, text }) => ({ input: base64(text), signature })) }
    return withToken((token) => send("verify", { method: "POST", path: path("verify"), token, body })).pipe(
      Effect.flatMap((answer) => Effect.mapError(decodeVerified(answer), unreadable("verify"))),
      Effect.map(({ data }) => data.batch_results.map(({ valid }) => valid === true)),
      // One malformed signature has its whole batch refused: then each is verified alone.
      Effect.catch((error) => {
        if (error.status !== 400) return Effect.fail(error)
        return signed.length === 1
          ? Effect.succeed([false])
          : Effect.map(Effect.forEach(signed, (one) => some([one])), (each) => each.flat())
      })
    )
  }

  const verify = (signed: ReadonlyArray<SignedText>) => {
    const batches = Array.from(
      { length: Math.ceil(signed.length / batch) },
      (_, n) => signed.slice(n * batch, (n + 1) * batch)
    )
    return Effect.map(Effect.forEach(batches, some), (each) => each.flat())
  }
  return { sign, verify }
}
