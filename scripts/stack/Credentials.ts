import { Redacted, Schema } from "effect"
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { isAdminSecret, overruledBy } from "../../layers/secret/adminSecrets.ts"
import { baseName, sessionKeyName } from "../../layers/secret/names.ts"
import { stateFolder } from "./Paths.ts"
import { replaceFile } from "./replaceFile.ts"

const filesIn = (folder: string) => ({
  secrets: join(folder, "secrets.json"),
  own: join(folder, "admin-secrets.json"),
  /**
   * Passwords of the private servers' administrators. Of the programs, the one of Redis is for whoever rotates its
   * passwords.
   */
  admins: join(folder, "administrators.json")
})

/** The secret store of the private stack, read by the four programs. */
export const secretsPath = filesIn(stateFolder).secrets
/** What of it the web-ui alone reads. */
export const adminSecretsPath = filesIn(stateFolder).own

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
  mkdirSync(dirname(path), { recursive: true })
  replaceFile(path, JSON.stringify(value, null, 2) + "\n")
}

type Values = Readonly<Record<string, string>>

const some = (values: Values, wanted: (name: string) => boolean): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)))

const read = (path: string): Values =>
  existsSync(path) ? Schema.decodeUnknownSync(Schema.fromJsonString(Secrets))(readFileSync(path, "utf8")) : {}

/**
 * Parts what was one file before there were two. The web-ui's own is written first, so that a start that ends in
 * between leaves some secrets in both files, and the next one takes them out of the other.
 */
const part = (files: ReturnType<typeof filesIn>, more: Values): Values => {
  const [shared, own] = [read(files.secrets), read(files.own)]
  const [overruled, held] = [overruledBy(Object.keys(own)), new Set(Object.keys(own).map(baseName))]
  const found = { ...some(shared, (name) => !overruled(name)), ...own, ...more }
  const sealsLogins = Object.keys(found).some((name) => baseName(name) === sessionKeyName)
  const values = sealsLogins ? found : { ...found, [sessionKeyName]: random() }
  const wanted = {
    own: some(values, isAdminSecret),
    // A copy goes. An admin's key that does not count stays where it is: nobody becomes an admin by a start.
    shared: {
      ...some(values, (name) => !isAdminSecret(name)),
      ...some(shared, (name) => overruled(name) && !held.has(baseName(name)))
    }
  }
  if (!isDeepStrictEqual(wanted.own, own)) write(files.own, wanted.own)
  if (!isDeepStrictEqual(wanted.shared, shared)) write(files.secrets, wanted.shared)
  return values
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
export const credentials = (folder = stateFolder): Credentials => {
  const files = filesIn(folder)
  const { fresh: freshAdmins, value: admins } = keep(
    files.admins,
    Admins,
    () => ({ postgres: random(), redis: random() })
  )
  const { fresh: freshSecrets } = keep(files.secrets, Secrets, () => ({
    DB_USER: "mutt_app",
    DB_PASS_CURRENT: random(),
    REDIS_USER: "mutt_app",
    REDIS_PASS_CURRENT: random(),
    ...Object.fromEntries(names.map((name) => [name, random()]))
  }))
  const values = part(files, { REDIS_ADMIN_USER: "default", REDIS_ADMIN_PASS: admins.redis })
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
