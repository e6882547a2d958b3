import { Effect, FileSystem } from "effect"
import type { VaultAuth } from "../environment/Environment.ts"
import { makeAppRole } from "./appRole.ts"
import type { MakeSend, Send } from "./request.ts"
import { type SecretIdLife, VaultFailed } from "./Vault.ts"

/** How a program shows who it is, at each login anew. */
interface LoginProof {
  readonly send: Send
  readonly logIn: Effect.Effect<unknown, VaultFailed>
  /** What a token is renewed by. */
  readonly renewing: () => Send
  /** Of what the next login shows; `absent` where that is no secret_id. */
  readonly secretIdLife: (role: string, token: string) => Effect.Effect<SecretIdLife, VaultFailed>
}

const noSecretId = () => Effect.fail(new VaultFailed({ operation: "lookup", reason: "absent", status: 0 }))
const unreadable = () => new VaultFailed({ operation: "login", reason: "unreadable", status: 0 })

export const makeLoginProof = Effect.fnUntraced(
  function*(makeSend: MakeSend, options: VaultAuth & { readonly authMount?: string | undefined }) {
    const files = yield* FileSystem.FileSystem
    const send = makeSend()
    const text = (path: string) => Effect.mapError(files.readFileString(path), unreadable)
    const path = `auth/${encodeURIComponent(options.authMount ?? options.auth ?? "approle")}/login`
    const post = (by: Send, body: Readonly<Record<string, string>>) =>
      by("login", { method: "POST", path, token: "", body })

    switch (options.auth) {
      case "kubernetes": {
        // Kubernetes replaces the token long before it ends.
        const logIn = Effect.flatMap(
          text(options.tokenFile),
          (jwt) => post(send, { role: options.role, jwt: jwt.trim() })
        )
        return { send, logIn, renewing: () => send, secretIdLife: noSecretId } satisfies LoginProof
      }
      case "cert": {
        /** A token is renewed by the certificate that it was got with; with another one there is a new login. */
        let shown = send
        const logIn = Effect.gen(function*() {
          shown = makeSend({ cert: yield* text(options.certFile), key: yield* text(options.keyFile) })
          return yield* post(shown, options.role === undefined ? {} : { name: options.role })
        })
        return { send, logIn, renewing: () => shown, secretIdLife: noSecretId } satisfies LoginProof
      }
      default: {
        const { lifeOf, secretId } = yield* makeAppRole(send, options.secretIdFile)
        const logIn = Effect.flatMap(secretId, (secret_id) => post(send, { role_id: options.roleId, secret_id }))
        return { send, logIn, renewing: () => send, secretIdLife: lifeOf } satisfies LoginProof
      }
    }
  }
)
