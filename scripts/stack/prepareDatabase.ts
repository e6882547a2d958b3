import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { migrate } from "../../layers/postgres/migrate.ts"
import { seedSamples } from "../../layers/postgres/samples.ts"
import type { Credentials } from "./Credentials.ts"
import { database } from "./DataServers.ts"
import { asSuperuser } from "./PrivatePostgres.ts"

/**
 * Migrates, and puts sample rules where there are none; says how many rows of samples that were. Everything belongs to the
 * programs' user, whose password may be half-way through a rotation and is not needed.
 */
export const prepareDatabase = (port: number, words: Credentials) =>
  asSuperuser(
    { port, password: words.postgresAdmin },
    database,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql.unsafe(`SET ROLE ${words.user}`)
      yield* migrate
      return yield* seedSamples
    })
  )
