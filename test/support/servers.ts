import { Effect, Redacted, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "../../scripts/stack/Command.ts"
import { freePort } from "../../scripts/stack/FreePort.ts"
import { stateFolder } from "../../scripts/stack/Paths.ts"
import {
  asSuperuser,
  initialise,
  ownedFolder,
  ownerRole,
  privatePostgres,
  superuserUrl
} from "../../scripts/stack/PrivatePostgres.ts"
import { adminUrl, privateRedis, writeUsers } from "../../scripts/stack/PrivateRedis.ts"
import { serverHome } from "../../scripts/stack/ServerUser.ts"
import { type PostgresTool, postgresTool, redisTool } from "../../scripts/stack/Tools.ts"

export interface PostgresServer {
  readonly host: string
  readonly port: number
  readonly database: string
  /** Whom programs log in as. */
  readonly user: string
  readonly password: string
  /** Whom the databases belong to. */
  readonly owner: { readonly user: string; readonly password: string }
  /** The superuser's. */
  readonly adminUrl: string
  readonly stop: Effect.Effect<void>
  readonly start: Effect.Effect<void>
  readonly kill: Effect.Effect<void>
  /** Another empty database of the same owner, by name. */
  readonly newDatabase: Effect.Effect<string>
  /** A copy of `database`, by name. Nobody may be connected to that. */
  readonly copyOfDatabase: Effect.Effect<string>
  /** Path of the server's log. */
  readonly log: string
}

export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** Of `default`, who may do everything. */
  readonly adminUrl: string
  readonly stop: Effect.Effect<void>
  readonly start: Effect.Effect<void>
  readonly kill: Effect.Effect<void>
  readonly log: string
}

const user = "mutt_app"
const database = "mutt"
/** Empty, in each cluster: new databases are copies of it. */
export const blank = "template1"
export const secret = () => randomBytes(18).toString("base64url")
let count = 0

/** A folder that goes away with the scope. What a killed run left behind, the next one sweeps. */
export const scratch = (parent: string) =>
  Effect.acquireRelease(
    Effect.sync(() => join(parent, `${process.pid}-${++count}`)),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  ).pipe(Effect.tap(() => Effect.sync(() => sweep(parent))))

const sweep = (parent: string) => {
  if (!existsSync(parent)) return
  for (const name of readdirSync(parent)) {
    const owner = Number.parseInt(name)
    try {
      process.kill(owner, 0)
    } catch {
      rmSync(join(parent, name), { recursive: true, force: true })
    }
  }
}

/**
 * A cluster with the two users and the database in it, made once for each version and copied for each server. A database
 * is 300 files, which cost more to copy than the server to start, so there are two instead of four.
 */
const template = (tool: PostgresTool) =>
  Effect.gen(function*() {
    const folder = join(serverHome().folder, `two-databases-${tool.version}`)
    const passwords = join(folder, "passwords.json")
    if (!existsSync(passwords)) yield* makeTemplate(tool, folder)
    const { admin, app, owner }: { admin: string; app: string; owner: string } = JSON.parse(
      readFileSync(passwords, "utf8")
    )
    return { data: join(folder, "data"), admin: Redacted.make(admin), app, owner }
  })

const makeTemplate = (tool: PostgresTool, folder: string) =>
  Effect.gen(function*() {
    const draft = ownedFolder(yield* scratch(ownedFolder(join(serverHome().folder, "run"))))
    const data = join(draft, "data")
    const [admin, app, owner] = [secret(), secret(), secret()]
    const password = Redacted.make(admin)
    yield* initialise(tool, data, password)
    const port = yield* freePort
    yield* Effect.scoped(Effect.gen(function*() {
      const server = yield* privatePostgres({ tool, data, port, log: join(draft, "log"), durable: false })
      yield* server.start
      yield* asSuperuser(
        { port, password },
        blank,
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql.unsafe(`CREATE ROLE ${user} LOGIN PASSWORD '${app}'`)
          yield* sql.unsafe(`CREATE ROLE ${ownerRole} LOGIN PASSWORD '${owner}'`)
          yield* sql.unsafe(`ALTER DATABASE postgres RENAME TO ${database}`)
          yield* sql.unsafe(`ALTER DATABASE ${database} OWNER TO ${ownerRole}`)
          yield* sql.unsafe("ALTER DATABASE template0 IS_TEMPLATE false")
          yield* sql.unsafe("DROP DATABASE template0")
        })
      )
    }))
    writeFileSync(join(draft, "passwords.json"), JSON.stringify({ admin, app, owner }), { mode: 0o600 })
    // Somebody else may have made the same template meanwhile: theirs is as good.
    yield* Effect.ignore(Effect.try(() => renameSync(draft, folder)))
  })

/**
 * A private PostgreSQL (the newest there is) on a free port with a fresh database: TLS off, passwords by SCRAM. It ends
 * with its scope, and with the test process however that ends.
 */
export const postgresServer = (
  options?: {
    readonly version?: number | undefined
    readonly settings?: Readonly<Record<string, string>>
    /** It streams from the primary at this port, under that name. */
    readonly standby?: { readonly of: number; readonly name: string }
  }
): Effect.Effect<PostgresServer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const tool = yield* postgresTool(options?.version)
    const origin = yield* template(tool)
    const folder = ownedFolder(yield* scratch(ownedFolder(join(serverHome().folder, "run"))))
    const data = join(folder, "data")
    yield* run("cp", ["-a", origin.data, data], { user: serverHome().user })
    const port = yield* freePort
    const log = join(folder, "log")
    const standby = options?.standby
    const settings = { ...options?.settings, ...(standby === undefined ? {} : following(standby, origin.admin)) }
    if (standby !== undefined) yield* run("touch", [join(data, "standby.signal")], { user: serverHome().user })
    const server = yield* privatePostgres({ tool, data, port, log, durable: false, settings })
    yield* server.start
    let databases = 1
    const newDatabase = (from: string, by: string) =>
      Effect.gen(function*() {
        const name = `${database}_${++databases}`
        yield* asSuperuser(
          { port, password: origin.admin },
          by,
          Effect.flatMap(
            SqlClient.SqlClient,
            (sql) => sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${from} OWNER ${ownerRole}`)
          )
        )
        return name
      })
    return {
      host: "127.0.0.1",
      port,
      database,
      user,
      password: origin.app,
      owner: { user: ownerRole, password: origin.owner },
      adminUrl: superuserUrl(port, origin.admin, database),
      stop: Effect.asVoid(server.stop),
      start: Effect.orDie(server.start),
      kill: Effect.asVoid(server.kill),
      newDatabase: Effect.orDie(newDatabase(blank, database)),
      copyOfDatabase: Effect.orDie(newDatabase(database, blank)),
      log
    }
  }).pipe(Effect.orDie)

/** All servers are copies of one, so that a new one may follow another from the beginning. */
const following = (standby: { readonly of: number; readonly name: string }, password: Redacted.Redacted) => ({
  primary_conninfo: `host=127.0.0.1 port=${standby.of} user=postgres password=${Redacted.value(password)}` +
    ` application_name=${standby.name} sslmode=disable`,
  wal_retrieve_retry_interval: "100ms"
})

const wideRules = ["on", "~*", "&*", "+@all", "-@admin"]

/**
 * A private Redis or Valkey (without a wish the one that `npm start` uses) on a free port, empty, with an append-only
 * file.
 */
export const redisServer = (
  options?: {
    readonly flavour?: "redis" | "valkey" | undefined
    readonly settings?: Readonly<Record<string, string>>
    /** The user may use any command but an administrator's, and any key: for tests of the connection itself. */
    readonly wideRights?: boolean
    /** Passwords, where several servers share them. */
    readonly passwords?: { readonly admin: string; readonly app: string }
  }
): Effect.Effect<RedisServer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const tool = yield* redisTool(options?.flavour)
    const parent = join(stateFolder, "run")
    mkdirSync(parent, { recursive: true })
    const data = yield* scratch(parent)
    const { admin, app } = options?.passwords ?? { admin: secret(), app: secret() }
    const adminPassword = Redacted.make(admin)
    const rules = options?.wideRights === true ? wideRules : undefined
    writeUsers(tool, data, { adminPassword, user, password: Redacted.make(app) }, { rules })
    const port = yield* freePort
    const log = join(data, "log")
    const server = yield* privateRedis({ tool, data, port, adminPassword, log, settings: options?.settings ?? {} })
    yield* server.start
    return {
      host: "127.0.0.1",
      port,
      user,
      password: app,
      adminUrl: adminUrl(port, adminPassword),
      stop: Effect.asVoid(server.stop),
      start: Effect.orDie(server.start),
      kill: Effect.asVoid(server.kill),
      log
    }
  }).pipe(Effect.orDie)
