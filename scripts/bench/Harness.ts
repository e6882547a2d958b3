import { Deferred, Effect, Redacted, References, Schema, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { Redis } from "ioredis"
import { randomBytes } from "node:crypto"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { configKeys } from "../../layers/config/keys.ts"
import { queueKeys } from "../../layers/queue/keys.ts"
import { freePort } from "../stack/FreePort.ts"
import { launch } from "../stack/Managed.ts"
import { repository, stateFolder } from "../stack/Paths.ts"
import { migrateFor } from "../stack/prepareDatabase.ts"
import type { StackTls } from "../stack/PrivateAuthority.ts"
import {
  asSuperuser,
  initialise,
  ownedFolder,
  ownerRole,
  privatePostgres,
  superuserUrl
} from "../stack/PrivatePostgres.ts"
import { privateRedis, writeUsers } from "../stack/PrivateRedis.ts"
import { programLaunch, type ProgramName, type StackSettings } from "../stack/Program.ts"
import { serverHome } from "../stack/ServerUser.ts"
import { postgresTool, redisTool } from "../stack/Tools.ts"

/** A program under test. Its ports are chosen anew each time. */
export interface Running {
  readonly pid: number
  readonly port: number
  readonly syslogPort: number
  /** From the start of the process until `/readyz` said 200, looking every few milliseconds. */
  readonly readyMs: number
}

class NotReady extends Schema.TaggedError<NotReady>()("NotReady", {
  program: Schema.String,
  reason: Schema.String,
  log: Schema.String
}) {
  override get message() {
    return `${this.program} ${this.reason}; its log: ${this.log}`
  }
}

export interface Harness {
  readonly redis: { readonly url: string; readonly pid: number; readonly client: Redis }
  /** The URL is the superuser's. */
  readonly postgres: { readonly url: string; readonly pid: number }
  readonly keys: { readonly ingest: string; readonly moog: string; readonly admin: string }
  readonly sql: <A, E>(work: Effect.Effect<A, E, SqlClient.SqlClient>) => Effect.Effect<A, unknown>
  readonly program: (
    name: ProgramName,
    more?: Record<string, string>,
    tls?: StackTls
  ) => Effect.Effect<Running, unknown, Scope.Scope>
  /** Counters of the queue; see `layers/queue/Books.ts`. */
  readonly counter: (name: string) => Effect.Effect<number>
  /** Puts dynamic settings in force. */
  readonly configure: (values: Readonly<Record<string, number | string>>) => Effect.Effect<void>
  /**
   * Forgets all events and alerts, and the streams named, so that no measurement pays for the one before; then
   * `compact`.
   */
  readonly forget: (...streams: ReadonlyArray<string>) => Effect.Effect<void, unknown>
  /** Lets Redis rewrite its file and PostgreSQL its pages now; they would do so in every other measurement. */
  readonly compact: Effect.Effect<void, unknown>
  readonly versions: Readonly<Record<string, string>>
}

/** How Redis keeps what it is told: `always` is what `npm start` uses. */
export type Appendfsync = "always" | "everysec"

const secret = () => randomBytes(18).toString("base64url")
const user = "mutt_app"
const database = "mutt"

/** PostgreSQL and Redis as `npm start` has them, with empty data that go away with the scope. */
export const makeHarness = Effect.fnUntraced(function*(appendfsync: Appendfsync) {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => ({
      postgres: ownedFolder(join(serverHome().folder, `bench-${process.pid}`)),
      redis: join(stateFolder, `bench-${process.pid}`),
      logs: join(stateFolder, "logs/bench")
    })),
    ({ postgres, redis }) =>
      Effect.sync(() => {
        for (const path of [postgres, redis]) rmSync(path, { recursive: true, force: true })
      })
  )
  for (const path of [folder.redis, folder.logs]) mkdirSync(path, { recursive: true, mode: 0o700 })
  const postgres = yield* startPostgres(folder.postgres, folder.logs)
  const redis = yield* startRedis(folder.redis, folder.logs, appendfsync)
  const keys = { ingest: secret(), moog: secret(), admin: secret() }
  const secretsFile = join(folder.redis, "secrets.json")
  writeFileSync(
    secretsFile,
    JSON.stringify({
      DB_USER: user,
      DB_PASS_CURRENT: postgres.password,
      REDIS_PASS_CURRENT: redis.password,
      INGEST_API_KEY: keys.ingest,
      ADMIN_API_KEY: keys.admin,
      MOOG_API_KEY: keys.moog
    }),
    { mode: 0o600 }
  )
  const around: StackSettings = {
    runtime: "node",
    postgresPort: postgres.port,
    database,
    redisPort: redis.port,
    user,
    secretsFile,
    moogUrl: "http://127.0.0.1:9"
  }
  const sql: Harness["sql"] = (work) => asSuperuser({ port: postgres.port, password: postgres.admin }, database, work)
  yield* sql(Effect.provideService(migrateFor(user), References.MinimumLogLevel, "Warn"))
  const queue = queueKeys("mutt:{ingest}")

  const rewriting = Effect.map(
    Effect.promise(() => redis.client.info("persistence")),
    (info) => /aof_rewrite_(?:in_progress|scheduled):1/.test(info)
  )
  const compact = Effect.gen(function*() {
    yield* sql(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`CHECKPOINT`))
    yield* Effect.promise(() => redis.client.bgrewriteaof())
    yield* Effect.repeat(Effect.delay(rewriting, "10 millis"), { while: (is) => is })
  })
  const forget: Harness["forget"] = (...streams) =>
    Effect.andThen(
      Effect.promise(async () => {
        for (const key of [...streams, queue.stream]) await redis.client.xtrim(key, "MAXLEN", 0)
        await redis.client.hset(queue.books, "waiting", 0)
      }),
      compact
    )
  const configure: Harness["configure"] = (values) =>
    Effect.promise(async () => {
      const fields = Object.entries(values).flatMap(([name, value]) => [name, JSON.stringify(value)])
      await redis.client.hset(configKeys.hash, configKeys.epoch, "bench", ...fields)
      const version = await redis.client.hincrby(configKeys.hash, configKeys.version, 1)
      await redis.client.publish(configKeys.channel, String(version))
    })
  const counter: Harness["counter"] = (name) =>
    Effect.map(Effect.promise(() => redis.client.hget(queue.books, name)), (text) => Number(text ?? 0))

  return {
    redis: { url: redis.url, pid: redis.pid, client: redis.client },
    postgres: { url: postgres.url, pid: postgres.pid },
    keys,
    sql,
    program: startProgram(around, folder.logs),
    counter,
    configure,
    forget,
    compact,
    versions: { postgres: postgres.version, redis: redis.version }
  } satisfies Harness
})

const startPostgres = (folder: string, logs: string) =>
  Effect.gen(function*() {
    const tool = yield* postgresTool()
    const data = join(folder, "data")
    const [admin, password] = [Redacted.make(secret()), secret()]
    yield* initialise(tool, data, admin)
    const port = yield* freePort
    const server = yield* privatePostgres({ tool, data, port, log: join(logs, "postgres.log"), durable: true })
    yield* server.start
    yield* asSuperuser(
      { port, password: admin },
      "postgres",
      Effect.flatMap(SqlClient.SqlClient, (sql) =>
        Effect.all([
          sql.unsafe(`CREATE ROLE ${ownerRole} NOLOGIN`),
          sql.unsafe(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`),
          sql.unsafe(`CREATE DATABASE ${database} OWNER ${ownerRole}`)
        ]))
    )
    const pid = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0])
    return {
      port,
      admin,
      password,
      url: superuserUrl(port, admin, database),
      pid,
      version: `PostgreSQL ${tool.version}`
    }
  })

const startRedis = (folder: string, logs: string, appendfsync: Appendfsync) =>
  Effect.gen(function*() {
    const tool = yield* redisTool()
    const [admin, password] = [secret(), secret()]
    writeUsers(tool, folder, { adminPassword: Redacted.make(admin), user, password: Redacted.make(password) })
    const port = yield* freePort
    const server = yield* privateRedis({
      tool,
      data: folder,
      port,
      adminPassword: Redacted.make(admin),
      log: join(logs, "redis.log"),
      appendfsync,
      settings: { "auto-aof-rewrite-percentage": "0" }
    })
    yield* server.start
    const url = `redis://default:${admin}@127.0.0.1:${port}`
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => new Redis(url)),
      (client) => Effect.sync(() => client.disconnect())
    )
    const info = yield* Effect.promise(() => client.info("server"))
    const pid = Number(/process_id:(\d+)/.exec(info)?.[1])
    return { port, password, url, client, pid, version: `${tool.flavour} ${tool.version}, appendfsync ${appendfsync}` }
  })

const startProgram = (around: StackSettings, logs: string): Harness["program"] => (name, more = {}, tls) =>
  Effect.gen(function*() {
    const port = yield* freePort
    const syslogPort = yield* freePort
    const log = join(logs, `${name}.log`)
    const program = programLaunch(name, 1, port, { ...around, tls }, {
      SYSLOG_UDP_PORT: String(syslogPort),
      SYSLOG_TCP_PORT: String(syslogPort),
      ...more
    })
    const from = performance.now()
    const running = yield* Effect.acquireRelease(
      launch({ ...program, cwd: repository, log, stopSignal: "TERM" }),
      (running) => running.stop("TERM", "10 seconds")
    )
    const died = Deferred.await(running.ended).pipe(
      Effect.flatMap(() => new NotReady({ program: name, reason: "ended at once", log }))
    )
    yield* awaitReady(program.url).pipe(
      Effect.timeoutOrElse({
        duration: "30 seconds",
        orElse: () => new NotReady({ program: name, reason: "was not ready within 30 seconds", log })
      }),
      Effect.raceFirst(died)
    )
    return { pid: running.pid, port, syslogPort, readyMs: performance.now() - from }
  })

const awaitReady = (url: string): Effect.Effect<void> =>
  Effect.tryPromise((signal) => fetch(`${url}/readyz`, { signal })).pipe(
    Effect.map(({ status }) => status === 200),
    Effect.orElseSucceed(() => false),
    Effect.flatMap((ready) => ready ? Effect.void : Effect.andThen(Effect.sleep("5 millis"), awaitReady(url)))
  )
