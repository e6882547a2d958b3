import { createHash, randomBytes } from "node:crypto"
import { administratorRules, programRules } from "../../layers/redis/rights.ts"
import { saslprepChanges, scramVerifier } from "../../src/logic/scramVerifier.ts"
import type { SetupOptions } from "./options.ts"

/** Passwords that are known; the others are left to the administrator. */
export interface KnownPasswords {
  readonly database?: string | undefined
  readonly owner?: string | undefined
  readonly redis?: string | undefined
  readonly redisAdmin?: string | undefined
}

/** A role with its verifier, or one that psql asks the password of: it is in no log either way. */
const role = (name: string, password: string | undefined): ReadonlyArray<string> => {
  if (password === undefined) return [`CREATE ROLE ${name} LOGIN;`, `\\password ${name}`]
  if (saslprepChanges(password)) {
    throw new RangeError(`the password of ${name} holds letters that clients write differently`)
  }
  return [`CREATE ROLE ${name} LOGIN PASSWORD '${scramVerifier(password, randomBytes(16))}';`]
}

/** For psql, as a superuser. The rights on tables are given by `mutt migrate`, which knows them. */
export const postgresText = ({ database, owner, user }: SetupOptions, passwords: KnownPasswords): string =>
  [
    ...role(owner, passwords.owner),
    ...role(user, passwords.database),
    `CREATE DATABASE ${database} OWNER ${owner};`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${database} TO ${user};`,
    `-- Then, and after each update: DB_NAME=${database} DB_USER=${owner} mutt migrate --app-role ${user}`,
    ""
  ].join("\n")

/** Without a password Redis refuses the line: this is no hash. */
const hashOf = (password: string | undefined): string =>
  password === undefined ? "#SHA-256-OF-THE-PASSWORD" : `#${createHash("sha256").update(password).digest("hex")}`

/** As redis-cli reads it. */
const word = (text: string): string => /^[\w~&+@{}:*|#-]+$/.test(text) ? text : JSON.stringify(text)

/** For redis-cli as the administrator, on every node, replicas too. */
export const redisText = (options: SetupOptions, passwords: KnownPasswords): string => {
  const rules = programRules({ queueName: options.queue, knowsLater: options.knowsLater })
  return [
    ["ACL", "SETUSER", options.user, hashOf(passwords.redis), ...rules],
    ["ACL", "SETUSER", options.redisAdmin, hashOf(passwords.redisAdmin), ...administratorRules],
    ["ACL", "SAVE"]
  ].map((line) => `${line.map(word).join(" ")}\n`).join("")
}
