import { PgClient } from "@effect/sql-pg"
import { Redacted } from "effect"
import type { PostgresServer } from "../../../test/support/servers.ts"

/** Connections of the programs' role. */
export const program = (
  { database, host, password, port, user }: Pick<PostgresServer, "host" | "port" | "database" | "user" | "password">,
  maxConnections: number
) => PgClient.layer({ host, port, database, username: user, password: Redacted.make(password), maxConnections })
