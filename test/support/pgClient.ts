import { PgClient } from "@effect/sql-pg"
import { Redacted } from "effect"

/** Connections to a server of tests, as a user of it. */
export const pgClient = (
  { database, host, password, port, user }: {
    readonly host: string
    readonly port: number
    readonly database: string
    readonly user: string
    readonly password: string
  },
  maxConnections = 10
) =>
  PgClient.layer({
    host,
    port,
    database,
    username: user,
    password: Redacted.make(password),
    ssl: false,
    maxConnections
  })
