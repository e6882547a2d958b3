import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { execFile } from "node:child_process"
import { mkdirSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import type { PostgresServer } from "../../../test/support/servers.ts"
import { stateFolder } from "../../stack/Paths.ts"
import { asSuperuser, ownerRole } from "../../stack/PrivatePostgres.ts"
import { type ProgramName, programNames } from "../../stack/Program.ts"
import { conservationRules, storeRules } from "../conservation/setUp.ts"
import { NoRelease, type Release } from "./Release.ts"

/** Which release each process runs when it is started the next time. */
export interface Versions {
  /** Where a process finds its bundle. */
  readonly bundle: (name: ProgramName, replica: number) => string
  readonly set: (name: ProgramName, replica: number, release: Release) => Effect.Effect<void>
}

/** A link for each process: Node runs what it points to when it starts. */
export const makeVersions = (first: Release) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = join(stateFolder, "run", `${process.pid}-versions`)
      mkdirSync(folder, { recursive: true })
      return folder
    }),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  ).pipe(
    Effect.map((folder): Versions => {
      const bundle = (name: ProgramName, replica: number) => join(folder, `${name}-${replica}.mjs`)
      return {
        bundle,
        set: (name, replica, { bundles }) =>
          Effect.sync(() => {
            rmSync(bundle(name, replica), { force: true })
            symlinkSync(join(bundles, `${name}.mjs`), bundle(name, replica))
          })
      }
    }),
    Effect.tap(({ set }) =>
      Effect.forEach(programNames, (name) => Effect.all([set(name, 1, first), set(name, 2, first)]))
    )
  )

/** `mutt migrate --app-role` of a release, as the owner of the schema; what it said. */
export const migrateBy = (release: Release, server: PostgresServer): Effect.Effect<string, NoRelease> =>
  Effect.callback((resume) => {
    execFile(
      process.execPath,
      [join(release.bundles, "cli.mjs"), "migrate", "--app-role", server.user],
      {
        env: {
          PATH: process.env["PATH"] ?? "",
          DB_HOST: server.host,
          DB_PORT: String(server.port),
          DB_NAME: server.database,
          DB_TLS_ENABLED: "false",
          DB_USER: server.owner.user,
          DB_PASS_CURRENT: server.owner.password
        }
      },
      (error, stdout, stderr) =>
        resume(
          error === null
            ? Effect.succeed(stdout)
            : Effect.fail(new NoRelease({ detail: `mutt migrate of ${release.revision} failed: ${stderr}` }))
        )
    )
  })

/** A database as that release makes it, with the rules of the load. */
export const schemaOf = (release: Release) => (server: PostgresServer) =>
  Effect.andThen(
    migrateBy(release, server),
    asSuperuser(
      { port: server.port, password: Redacted.make(decodeURIComponent(new URL(server.adminUrl).password)) },
      server.database,
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql.unsafe(`SET ROLE ${ownerRole}`)
        yield* storeRules(conservationRules)
      })
    )
  )
