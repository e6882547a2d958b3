import { Effect, Layer, Schema } from "effect"
import { plainTexts, type SecretValues, secretValues } from "../../src/domain/SecretValues.ts"
import { type LoginOptions, makeLogin } from "./login.ts"
import { makeSends } from "./request.ts"
import { makeTransit, type TransitKey } from "./transit.ts"
import { Vault, type VaultDocument, VaultFailed } from "./Vault.ts"

export type VaultOptions = LoginOptions & {
  readonly address: string
  readonly ca: string | undefined
  /** Of the key-value engine. */
  readonly mount: string
  /** With or without the mount before it. */
  readonly path: string
  /** Of the web-ui's own document; `<path>/admin` when absent. */
  readonly adminPath?: string | undefined
  readonly transit?: TransitKey | undefined
}

const Data = Schema.Struct({
  data: Schema.Struct({
    data: Schema.Record(Schema.String, Schema.String),
    metadata: Schema.Struct({ version: Schema.Int })
  })
})
const Metadata = Schema.Struct({
  data: Schema.Struct({
    current_version: Schema.Int,
    versions: Schema.Record(
      Schema.String,
      Schema.Struct({ created_time: Schema.String, deletion_time: Schema.String, destroyed: Schema.Boolean })
    )
  })
})
const Written = Schema.Struct({ data: Schema.Struct({ version: Schema.Int }) })

/** In the mount `secret`, `secret/mutt/prod`, `secret/data/mutt/prod` and `mutt/prod` are the same path. */
export const pathInMount = (mount: string, path: string): string => {
  const parts = path.split("/").filter((part) => part !== "")
  if (parts[0] === mount) parts.shift()
  if (parts[0] === "data" && parts.length > 1) parts.shift()
  return parts.map(encodeURIComponent).join("/")
}

/** Uses Vault or OpenBao through node-vault. */
export const VaultNode = ({ address, adminPath, ca, mount, path, transit, ...login }: VaultOptions) =>
  Layer.effect(
    Vault,
    Effect.gen(function*() {
      const { secretIdLife, send, withToken } = yield* makeLogin(yield* makeSends(address, ca), login)
      const store = encodeURIComponent(mount)

      const decoded = <A>(operation: VaultFailed["operation"], schema: Schema.Codec<A, unknown>) => {
        const decode = Schema.decodeUnknownEffect(schema)
        return (answer: unknown) =>
          Effect.mapError(decode(answer), () => new VaultFailed({ operation, reason: "unreadable", status: 200 }))
      }

      const documentAt = (position: string): VaultDocument => {
        const dataPath = `${store}/data/${position}`
        const metadataPath = `${store}/metadata/${position}`
        const stamp = withToken((token) => send("metadata", { method: "GET", path: metadataPath, token })).pipe(
          Effect.flatMap(decoded("metadata", Metadata)),
          Effect.map(({ data: { current_version, versions } }) => {
            const newest = versions[String(current_version)]
            return [current_version, newest?.created_time, newest?.deletion_time, newest?.destroyed].join(" ")
          })
        )

        const read = withToken((token) => send("read", { method: "GET", path: dataPath, token })).pipe(
          Effect.flatMap(decoded("read", Data)),
          Effect.map(({ data: { data, metadata } }) => ({
            version: metadata.version,
            values: secretValues(data)
          }))
        )

        const write = Effect.fn("Vault.write")(
          (values: SecretValues, ifVersion: number) => {
            const body = { data: plainTexts(values), options: { cas: ifVersion } }
            return withToken((token) => send("write", { method: "POST", path: dataPath, token, body })).pipe(
              Effect.flatMap(decoded("write", Written)),
              Effect.map((written) => written.data.version)
            )
          }
        )

        return { stamp, read, write }
      }

      return Vault.of({
        ...documentAt(pathInMount(mount, path)),
        admin: documentAt(pathInMount(mount, adminPath ?? `${path}/admin`)),
        secretId: secretIdLife,
        ...makeTransit(send, withToken, transit)
      })
    })
  )
