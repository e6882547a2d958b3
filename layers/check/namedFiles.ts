import type { Program } from "../../src/domain/Settings.ts"
import type { Environment } from "../environment/Environment.ts"

type Fixed = Environment["Service"]

/** What a file is to a program, which says how it is looked at. */
export type FileUse =
  /** Certificates of those who sign others. */
  | "authorities"
  /** A certificate; `key` names the setting of its key. */
  | "certificate"
  /** One secret, as text. */
  | "secret"
  /** Names of traps and variables. */
  | "trap names"
  /** The program puts a new one in its place, and it need not be there yet. */
  | "replaced"
  /** The program writes on at its end, and makes it where it is not there yet. */
  | "appended"
  /** The folder of a built console. */
  | "console"

export interface NamedFile {
  readonly setting: string
  readonly use: FileUse
  readonly key?: string
  /** Where it lies when nobody says otherwise. */
  readonly standard?: string
  /** Whether this program, set so, opens it. */
  readonly isUsed: (fixed: Fixed) => boolean
}

const always = () => true
const only = (...programs: ReadonlyArray<Program>) => ({ program }: Fixed) => programs.includes(program)
const usesPostgres = only("alerter", "web-ui")
const auth = ({ secrets: { kind, vault } }: Fixed) => kind === "vault" ? vault?.auth ?? "approle" : undefined

/** Every setting that names a file, but for those of listeners and of secrets, which have looks of their own. */
export const namedFiles: ReadonlyArray<NamedFile> = [
  { setting: "REDIS_CA_CERT_PATH", use: "authorities", isUsed: ({ redis }) => redis.tls },
  {
    setting: "DB_TLS_CA_CERT_PATH",
    use: "authorities",
    isUsed: (fixed) => usesPostgres(fixed) && fixed.postgres.tls
  },
  { setting: "VAULT_CACERT", use: "authorities", isUsed: (fixed) => auth(fixed) !== undefined },
  {
    setting: "ARCHIVE_S3_CA_FILE",
    use: "authorities",
    isUsed: ({ shown }) => shown["ARCHIVE_S3_ENDPOINT"] !== undefined
  },
  { setting: "NODE_EXTRA_CA_CERTS", use: "authorities", isUsed: always },
  { setting: "VAULT_SECRET_ID_FILE", use: "secret", isUsed: (fixed) => auth(fixed) === "approle" },
  {
    setting: "VAULT_K8S_TOKEN_FILE",
    use: "secret",
    standard: "/var/run/secrets/kubernetes.io/serviceaccount/token",
    isUsed: (fixed) => auth(fixed) === "kubernetes"
  },
  {
    setting: "VAULT_CLIENT_CERT",
    use: "certificate",
    key: "VAULT_CLIENT_KEY",
    isUsed: (fixed) => auth(fixed) === "cert"
  },
  {
    setting: "VAULT_ROTATOR_SECRET_ID_FILE",
    use: "secret",
    isUsed: (fixed) => only("web-ui")(fixed) && auth(fixed) === "approle"
  },
  { setting: "MUTT_TRAP_NAMES", use: "trap names", isUsed: only("ingestor", "web-ui") },
  { setting: "CONFIG_LAST_KNOWN_GOOD", use: "replaced", isUsed: always },
  { setting: "AUDIT_CHECKPOINT_FILE", use: "appended", isUsed: only("web-ui") },
  { setting: "CONSOLE_DIR", use: "console", isUsed: only("web-ui") }
]

/** Settings that name a file and are looked at elsewhere: the pairs of listeners, and files of secrets. */
export const lookedAtElsewhere: ReadonlyArray<string> = [
  "SERVER_TLS_CERT_FILE",
  "SERVER_TLS_KEY_FILE",
  "SERVER_TLS_CLIENT_CA_FILE",
  "SYSLOG_TLS_CERT_FILE",
  "SYSLOG_TLS_KEY_FILE",
  "SYSLOG_TLS_CLIENT_CA_FILE",
  "MUTT_SECRETS_FILE",
  "MUTT_SECRETS_ADMIN_FILE"
]
