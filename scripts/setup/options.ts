import { parseArgs } from "node:util"

export const usage = `Usage: npm run setup-servers -- [options]

Prints what an administrator runs to make MUTT's accounts: text for psql, and commands for redis-cli. Nothing is
executed, and no password is printed: those in the environment (DB_PASS_CURRENT, DB_OWNER_PASS, REDIS_PASS_CURRENT,
REDIS_ADMIN_PASS) go into the texts as hashes; for others psql asks, and Redis refuses the line until it is completed.

  --user NAME           whom the programs log in as, in both (default mutt_app)
  --owner NAME          whom the database belongs to (default mutt_owner)
  --database NAME       default mutt_db
  --redis-admin NAME    who rotates the programs' password of Redis (default mutt_admin)
  --queue NAME          INGEST_QUEUE_NAME (default mutt:{ingest})
  --redis-version N.N   the oldest Redis that gets the commands (default 7.2; Valkey is 7.2 or later)
  --only SERVER         postgres or redis: the text for that one alone, to be piped into its client
  --json                print JSON instead of a text
  --help                this text
`

export interface SetupOptions {
  readonly user: string
  readonly owner: string
  readonly database: string
  readonly redisAdmin: string
  readonly queue: string
  /** 7.2 or later. */
  readonly knowsLater: boolean
  readonly only: "postgres" | "redis" | undefined
  readonly json: boolean
  readonly help: boolean
}

/** Names that need no quotes in SQL, nor in the list of Redis' users. */
const plain = (name: string, text: string): string => {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(text)) {
    throw new RangeError(`--${name} takes small letters, digits and _, at most 63 of them, not ${text}`)
  }
  return text
}

/** Throws with a sentence for people when the arguments can't be used. */
export const parseOptions = (args: ReadonlyArray<string>, defaultQueue: string): SetupOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      user: { type: "string", default: "mutt_app" },
      owner: { type: "string", default: "mutt_owner" },
      database: { type: "string", default: "mutt_db" },
      "redis-admin": { type: "string", default: "mutt_admin" },
      queue: { type: "string", default: defaultQueue },
      "redis-version": { type: "string", default: "7.2" },
      only: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(values["redis-version"]) ?? []
  if (major === undefined || Number(major) < 7) throw new RangeError("--redis-version is 7.0 or later")
  const { only } = values
  if (only !== undefined && only !== "postgres" && only !== "redis") {
    throw new RangeError("--only takes postgres or redis")
  }
  const owner = plain("owner", values.owner)
  const [user, redisAdmin] = [plain("user", values.user), plain("redis-admin", values["redis-admin"])]
  if (user === owner) throw new RangeError("--user and --owner must differ: the owner may change every record")
  if (user === redisAdmin) throw new RangeError("--user and --redis-admin must differ: a rotation retires one password")
  return {
    user,
    owner,
    database: plain("database", values.database),
    redisAdmin,
    queue: values.queue,
    knowsLater: Number(major) * 100 + Number(minor) >= 702,
    only,
    json: values.json,
    help: values.help
  }
}
