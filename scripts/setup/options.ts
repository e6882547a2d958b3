import { Flag } from "effect/cli"
import { defaultQueueName } from "../../layers/environment/redisSettings.ts"
import * as flags from "../command-line/flags.ts"
import { script } from "../command-line/Script.ts"

export interface SetupOptions {
  readonly user: string
  readonly owner: string
  readonly database: string
  readonly redisAdmin: string
  readonly queue: string
  /** 7.2 or later. */
  readonly knowsLater: boolean
}

export const standard: SetupOptions = {
  user: "mutt_app",
  owner: "mutt_owner",
  database: "mutt_db",
  redisAdmin: "mutt_admin",
  queue: defaultQueueName,
  knowsLater: true
}

/** A name that needs no quotes in SQL, nor in the list of Redis' users. */
const name = (flag: string, does: string, standard: string) =>
  flags.text(flag, "NAME", does, standard).pipe(
    Flag.filter(
      (text) => /^[a-z_][a-z0-9_]{0,62}$/.test(text),
      () => "Expected small letters, digits and _, at most 63 of them"
    )
  )

/** 702 of 7.2, and nothing of what is no version. */
const numberOf = (version: string): number => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) * 100 + Number(minor)
}

export const options = script(
  "setup-servers",
  `Prints what an administrator runs to make MUTT's accounts: text for psql, and commands for redis-cli. Nothing is
executed, and no password is printed: those in the environment (DB_PASS_CURRENT, DB_OWNER_PASS, REDIS_PASS_CURRENT,
REDIS_ADMIN_PASS) go into the texts as hashes; for others psql asks, and Redis refuses the line until it is completed.`,
  {
    user: name("user", "Whom the programs log in as, in both", standard.user),
    owner: name("owner", "Whom the database belongs to", standard.owner),
    database: name("database", "The database", standard.database),
    redisAdmin: name("redis-admin", "Who rotates the programs' password of Redis", standard.redisAdmin),
    queue: flags.text("queue", "NAME", "INGEST_QUEUE_NAME", standard.queue),
    redisVersion: flags.text(
      "redis-version",
      "N.N",
      "The oldest Redis that gets the commands; Valkey is 7.2 or later",
      "7.2"
    ).pipe(Flag.filter((version) => numberOf(version) >= 700, () => "Expected 7.0 or later")),
    only: flags.choice(
      "only",
      ["postgres", "redis"],
      "The text for that server alone, to be piped into its client",
      undefined
    ),
    json: flags.json
  }
)

/** What is wanted, or what speaks against accounts that are one for two purposes. */
export const setupOf = (
  { redisVersion, ...accounts }: Omit<SetupOptions, "knowsLater"> & { readonly redisVersion: string }
): SetupOptions | string => {
  const { owner, redisAdmin, user } = accounts
  if (user === owner) return "--user and --owner must differ: the owner may change every record"
  if (user === redisAdmin) return "--user and --redis-admin must differ: a rotation retires one password"
  return { ...accounts, knowsLater: numberOf(redisVersion) >= 702 }
}
