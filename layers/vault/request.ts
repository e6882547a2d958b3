import { Effect, type Schema } from "effect"
import { VaultFailed } from "./Vault.ts"

type Operation = VaultFailed["operation"]

/** For one request as a whole. The driver bounds only silence, not a drip of bytes. */
export const deadlineMs = 5_000

export interface VaultRequest {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly token: string
  readonly body?: Readonly<Record<string, Schema.Json>>
}

/** Sends one request and answers the body. */
export type Send = (operation: Operation, request: VaultRequest) => Effect.Effect<unknown, VaultFailed>

/** Makes what sends, without a certificate or showing this one, as PEM. */
export type MakeSend = (shown?: { readonly cert: string; readonly key: string }) => Send

/**
 * Hides node-vault behind one function, and loads it where Vault is used. Its errors hold tokens and what was sent, so
 * only their status is passed on.
 */
export const makeSends = (endpoint: string, ca: string | undefined): Effect.Effect<MakeSend> =>
  Effect.map(Effect.promise(() => import("node-vault")), ({ default: nodeVault }): MakeSend => (shown) => {
    const client = nodeVault({
      apiVersion: "v1",
      endpoint,
      // Its own debug output prints secrets.
      debug: () => undefined,
      requestOptions: { timeout: deadlineMs, strictSSL: true, ...shown, ...(ca === undefined ? {} : { ca }) }
    })
    // Else it would send the VAULT_TOKEN of the environment where we send none.
    client.token = ""

    const send: Send = (operation, { body, method, path, token }) =>
      Effect.tryPromise({
        try: (): Promise<unknown> => {
          // Made anew each time: the driver changes its options.
          const options = { headers: token === "" ? {} : { "X-Vault-Token": token } }
          return method === "GET" ? client.read(path, options) : client.write(path, body ?? {}, options)
        },
        catch: (cause) => failureOf(operation, cause)
      }).pipe(
        Effect.timeoutOrElse({
          duration: deadlineMs + 500,
          orElse: () => Effect.fail(new VaultFailed({ operation, reason: "timeout", status: 0 }))
        })
      )
    return send
  })

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && name in value ? Reflect.get(value, name) : undefined

const reasons: Readonly<Record<number, VaultFailed["reason"]>> = { 400: "refused", 403: "refused", 404: "absent" }

const failureOf = (operation: Operation, cause: unknown): VaultFailed => {
  const response = fieldOf(cause, "response")
  const status = fieldOf(response, "statusCode")
  if (typeof status === "number") {
    const conflict = operation === "write" && status === 400 &&
      JSON.stringify(fieldOf(response, "body") ?? null).includes("check-and-set")
    return new VaultFailed({ operation, reason: conflict ? "conflict" : reasons[status] ?? "failed", status })
  }
  const late = fieldOf(cause, "code") === "ECONNABORTED" || fieldOf(cause, "code") === "ETIMEDOUT"
  return new VaultFailed({ operation, reason: late ? "timeout" : "unreachable", status: 0 })
}
