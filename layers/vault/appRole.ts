import { Effect, FileSystem, Schema } from "effect"
import type { Send } from "./request.ts"
import { askSecretIdLife } from "./secretIdLife.ts"
import { type SecretIdLife, VaultFailed } from "./Vault.ts"

const decodeSecretId = Schema.decodeUnknownEffect(Schema.Struct({ data: Schema.Struct({ secret_id: Schema.String }) }))

/** A secret_id is a UUID. A token in its place holds it wrapped. */
const isWrapped = (text: string) => /^(?:hvs|s|hvb|b)\./.test(text)

/** Reads the secret_id for each login, and asks how long it lives. */
export const makeAppRole = Effect.fnUntraced(function*(send: Send, secretIdFile: string) {
  const files = yield* FileSystem.FileSystem
  /** A wrapped secret_id can be unwrapped once. */
  let unwrapped: { readonly from: string; readonly secretId: string } | undefined

  const inFile = Effect.map(files.readFileString(secretIdFile), (text) => text.trim())
  const secretId = Effect.gen(function*() {
    const text = yield* inFile
    if (!isWrapped(text)) return text
    if (unwrapped?.from !== text) {
      const answer = yield* send("unwrap", { method: "POST", path: "sys/wrapping/unwrap", token: text })
      unwrapped = { from: text, secretId: (yield* decodeSecretId(answer)).data.secret_id }
    }
    return unwrapped.secretId
  }).pipe(
    Effect.catchTag(
      ["PlatformError", "SchemaError"],
      () => new VaultFailed({ operation: "unwrap", reason: "unreadable", status: 0 })
    )
  )

  const unreadable = () => new VaultFailed({ operation: "lookup", reason: "unreadable", status: 0 })
  const lifeOf = (role: string, token: string): Effect.Effect<SecretIdLife, VaultFailed> =>
    Effect.gen(function*() {
      const text = yield* Effect.filterOrFail(inFile, (text) => text !== "", unreadable)
      const secretId = unwrapped?.from === text ? unwrapped.secretId : text
      if (isWrapped(secretId)) return { state: "wrapped", role } satisfies SecretIdLife
      return yield* askSecretIdLife(send, { token, role, secretId })
    }).pipe(Effect.catchTag("PlatformError", unreadable))

  return { secretId, lifeOf }
})
