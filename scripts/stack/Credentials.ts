import { Redacted, Schema } from "effect"
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { isAdminSecret } from "../../layers/secret/adminSecrets.ts"
import { stateFolder } from "./Paths.ts"

/** The secret store of the private stack, read by the four programs. */
export const secretsPath = join(stateFolder, "secrets.json")
/** What of it the web-ui alone reads. */
export const adminSecretsPath = join(stateFolder, "admin-secrets.json")

/**
 * Passwords of the private servers' administrators. Of the programs, the one of Redis is for whoever rotates its
 * passwords.
 */
const adminsPath = join(stateFolder, "administrators.json")

const random = () => randomBytes(24).toString("base64url")

const Secrets = Schema.Record(Schema.String, Schema.String)
const Admins = Schema.Struct({ postgres: Schema.String, redis: Schema.String })

const names = [
  "INGEST_API_KEY",
  "WEBUI_API_KEY",
  "VIEWER_API_KEY",
  "OPERATOR_API_KEY",
  "ADMIN_API_KEY",
  "MOOG_API_KEY",
  "CANARY_API_KEY"
]

const keep = <A>(
  path: string,
  codec: Schema.Codec<A, A>,
  make: () => A
): { readonly value: A; readonly fresh: boolean } => {
  if (existsSync(path)) {
    return { value: Schema.decodeUnknownSync(Schema.fromJsonString(codec))(readFileSync(path, "utf8")), fresh: false }
  }
  const value = make()
  write(path, value)
  return { value, fresh: true }
}

const write = (path: string, value: unknown) => {
  mkdirSync(stateFolder, { recursive: true })
  writeFileSync(path, JSON.stringify(value, null, 2) + "\n", { mode: 0o600 })
}

/** Puts each value into its file, the web-ui's own first: one that was made before there were two has all of them. */
const part = (values: Readonly<Record<string, string>>, own: unknown, shared: unknown) => {
  const of = (admin: boolean) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => isAdminSecret(name) === admin))
  for (const [path, wanted, held] of [[adminSecretsPath, of(true), own], [secretsPath, of(false), shared]] as const) {
    if (!isDeepStrictEqual(wanted, held)) write(path, wanted)
  }
}

export interface Credentials {
  readonly user: string
  readonly databasePassword: Redacted.Redacted
  readonly redisPassword: Redacted.Redacted
  readonly key: (name: "INGEST" | "VIEWER" | "OPERATOR" | "ADMIN" | "MOOG") => string
  readonly postgresAdmin: Redacted.Redacted
  readonly redisAdmin: Redacted.Redacted
  /** The files were not there: servers that have data must be told the new passwords. */
  readonly freshSecrets: boolean
  readonly freshAdmins: boolean
}

/** Made at random the first time, and the same ever after. */
export const credentials = (): Credentials => {
  const { fresh: freshAdmins, value: admins } = keep(
    adminsPath,
    Admins,
    () => ({ postgres: random(), redis: random() })
  )
  const redisAdmin = { REDIS_ADMIN_USER: "default", REDIS_ADMIN_PASS: admins.redis }
  const { fresh: freshSecrets, value: secrets } = keep(secretsPath, Secrets, () => ({
    DB_USER: "mutt_app",
    DB_PASS_CURRENT: random(),
    REDIS_USER: "mutt_app",
    REDIS_PASS_CURRENT: random(),
    ...Object.fromEntries(names.map((name) => [name, random()]))
  }))
  const own = existsSync(adminSecretsPath)
    ? Schema.decodeUnknownSync(Schema.fromJsonString(Secrets))(readFileSync(adminSecretsPath, "utf8"))
    : {}
  const values: Readonly<Record<string, string>> = { ...secrets, ...own, ...redisAdmin }
  part(values, own, secrets)
  return {
    user: values["DB_USER"] ?? "mutt_app",
    databasePassword: Redacted.make(values["DB_PASS_CURRENT"] ?? ""),
    redisPassword: Redacted.make(values["REDIS_PASS_CURRENT"] ?? ""),
    key: (name) => values[`${name}_API_KEY_CURRENT`] ?? values[`${name}_API_KEY`] ?? "",
    postgresAdmin: Redacted.make(admins.postgres),
    redisAdmin: Redacted.make(admins.redis),
    freshSecrets,
    freshAdmins
  }
}
