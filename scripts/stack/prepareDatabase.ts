import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { grantRights } from "../../layers/postgres/grants.ts"
import { migrate } from "../../layers/postgres/migrate.ts"
import { seedSamples } from "../../layers/postgres/samples.ts"
import type { Credentials } from "./Credentials.ts"
import { database } from "./DataServers.ts"
import { asSuperuser, ownerRole } from "./PrivatePostgres.ts"

/** Migrates as the owner of the schema, and gives the programs' role its rights. For a connection of the superuser. */
export const migrateFor = (role: string) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql.unsafe(`SET ROLE ${ownerRole}`)
    yield* migrate
    yield* grantRights(role)
  })

/**
 * Migrates, and puts sample rules where there are none; says how many rows of samples that were. The programs' password
 * may be half-way through a rotation and is not needed. What belongs to the programs' user, as it once did, is taken
 * from it.
 */
export const prepareDatabase = (port: number, words: Credentials) =>
  asSuperuser(
    { port, password: words.postgresAdmin },
    database,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql.unsafe(`REASSIGN OWNED BY ${words.user} TO ${ownerRole}`)
      yield* migrateFor(words.user)
      return yield* seedSamples
    })
  )
