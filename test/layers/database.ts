import { Context, Effect, Layer, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { asSuperuser } from "../../scripts/stack/PrivatePostgres.ts"
import { migrated } from "../support/migrated.ts"
import { pgClient } from "../support/pgClient.ts"
import { blank, type PostgresServer, postgresServer } from "../support/servers.ts"

/** The database as its owner sees it, who can do to tables what programs can't. */
export class Owner extends Context.Service<Owner, SqlClient.SqlClient>()("test/Owner") {}

const servers = new Map<number | undefined, Promise<PostgresServer>>()

/**
 * One server of each version for all files that share this process, with a migrated database that others are copied
 * from: copying the files of a server costs more than most of these files' tests. It ends with the process.
 */
const sharedServer = (version: number | undefined): Effect.Effect<PostgresServer> =>
  Effect.promise(() => {
    const known = servers.get(version)
    if (known !== undefined) return known
    const begun = postgresServer({ version }).pipe(
      Effect.tap((server) => migrated(server)),
      Scope.provide(Scope.makeUnsafe()),
      Effect.runPromise
    )
    servers.set(version, begun)
    return begun
  })

/** A migrated database on that server, which goes away with its scope. */
const ownDatabase = (version: number | undefined) =>
  Effect.gen(function*() {
    const server = yield* sharedServer(version)
    const database = yield* Effect.acquireRelease(server.copyOfDatabase, (name) =>
      asSuperuser(
        { port: server.port, password: Redacted.make(decodeURIComponent(new URL(server.adminUrl).password)) },
        blank,
        Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`))
      ).pipe(Effect.orDie))
    // What holds for a database and is in no table (who may connect) is not copied.
    yield* migrated({ ...server, database })
    return { ...server, database }
  })

const ownServer = (version: number | undefined) => Effect.tap(postgresServer({ version }), (server) => migrated(server))

const migratedOn = <E>(
  made: Effect.Effect<PostgresServer, E, Scope.Scope>,
  as: "program" | "owner"
) =>
  Layer.unwrap(Effect.map(made, (server) => {
    const client = (account: { readonly user: string; readonly password: string }) =>
      pgClient({ ...server, ...account }, 20)
    const owner = client(server.owner)
    return Layer.merge(
      as === "owner" ? owner : client(server),
      Layer.effect(Owner, SqlClient.SqlClient).pipe(Layer.provide(owner))
    )
  }))

/**
 * A migrated database of its own (on the newest server there is, unless said), as the programs see it, or as its owner
 * does; and as `Owner` in any case.
 */
export const migratedDatabase = (version?: number, as: "program" | "owner" = "program") =>
  migratedOn(ownDatabase(version), as)

/** The same on a server of its own, for tests of what a server has once: roles, sessions, settings. */
export const migratedServer = (version?: number) => migratedOn(ownServer(version), "program")
