import { Context, Deferred, Effect, Exit, Layer, Redacted, type Scope } from "effect"
import { HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import { randomBytes } from "node:crypto"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { launch, type Managed } from "../../../scripts/stack/Managed.ts"
import { moogStandIn } from "../../../scripts/stack/MoogStandIn.ts"
import { repository, stateFolder } from "../../../scripts/stack/Paths.ts"
import { programLaunch, type ProgramName, programNames, type Surroundings } from "../../../scripts/stack/Program.ts"
import type { Handling } from "../../../src/domain/Rule.ts"
import { migrated } from "../../support/migrated.ts"
import { type PostgresServer, postgresServer, type RedisServer, redisServer } from "../../support/servers.ts"
import { words } from "./Ledger.ts"

/** The four programs as processes, with servers of their own and a platform that plays its part in this process. */
export interface Stack {
  readonly urls: Readonly<Record<ProgramName | "platform", string>>
  readonly keys: { readonly ingest: string; readonly viewer: string }
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  /** `kill -9`; the program is started again at once. */
  readonly kill: (name: ProgramName) => Effect.Effect<void>
  /** What the programs did unasked, such as ending by themselves. */
  readonly surprises: () => ReadonlyArray<string>
  /** Where their logs are. */
  readonly logs: string
}

const secret = () => randomBytes(18).toString("base64url")

/** What a run needs to be short: what a killed alerter held, and failed deliveries, are taken up again within seconds. */
const impatience = {
  ALERTER_JANITOR_TIMEOUT: "2",
  JANITOR_INTERVAL: "1",
  MOOG_WEBHOOK_TIMEOUT: "1",
  MOOG_RETRY_BASE_DELAY: "0.2",
  MOOG_RETRY_MAX_DELAY: "2"
}

const settings = {
  moog_rate_limit: 5_000,
  circuit_breaker_timeout: 1,
  unhandled_threshold: 50,
  unhandled_expiry_seconds: 60
}

/** By falling priority. */
export interface StackRule {
  readonly type: "contains" | "regex"
  readonly match: string
  readonly handling: Handling
}

const conservationRules: ReadonlyArray<StackRule> = [
  { type: "contains", match: words.refused, handling: "Page_only" },
  { type: "contains", match: words.forwarded, handling: "Page_and_ticket" },
  { type: "contains", match: words.suppressed, handling: "Suppress" }
]

const storeRules = (rules: ReadonlyArray<StackRule>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    for (const [priority, { handling, match, type }] of rules.entries()) {
      yield* sql`INSERT INTO alert_rules ${
        sql.insert({
          match_type: type,
          match_string: match,
          priority,
          prod_handling: handling,
          dev_handling: handling,
          team_assignment: "NETO"
        })
      }`
    }
  })

const configure = (webUi: string, key: string) =>
  Effect.forEach(
    Object.entries(settings),
    ([name, value]) =>
      Effect.promise(() =>
        fetch(`${webUi}/api/v1/config/${name}`, {
          method: "PUT",
          headers: { "x-api-key": key, "content-type": "application/json" },
          body: JSON.stringify({ value, reason: "a short run" })
        })
      ).pipe(
        Effect.filterOrFail(({ ok }) => ok, ({ status }) => new Error(`the setting ${name} was answered ${status}`))
      ),
    { discard: true }
  )

/** A program that is started again the moment it is gone, until the scope ends. */
const keepRunning = (
  name: ProgramName,
  port: number,
  around: Surroundings,
  logs: string,
  surprise: (what: string) => void
): Effect.Effect<{ readonly kill: Effect.Effect<void> }, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const program = programLaunch(name, 1, port, around, impatience)
    const begin = launch({ ...program, cwd: repository, log: join(logs, `${name}.log`), farewell: "TERM" })
    let running: Managed = yield* begin
    let killed = false
    let over = false
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        over = true
        return running.stop("TERM", "20 seconds")
      })
    )
    yield* Effect.gen(function*() {
      const { code, signal } = yield* Deferred.await(running.ended)
      if (over) return yield* Effect.never
      if (!killed) surprise(`${name} ended by itself (${signal ?? `code ${code}`})`)
      killed = false
      running = yield* begin
    }).pipe(Effect.forever, Effect.forkScoped)
    return {
      kill: Effect.suspend(() => {
        killed = true
        return Effect.asVoid(running.stop("KILL"))
      })
    }
  })

const isReady = (url: string) =>
  Effect.tryPromise((signal) => fetch(`${url}/readyz`, { signal })).pipe(
    Effect.timeout("2 seconds"),
    Effect.map(({ status }) => status === 200),
    Effect.orElseSucceed(() => false)
  )

const awaitReady = (url: string): Effect.Effect<void> =>
  Effect.flatMap(
    isReady(url),
    (ready) => ready ? Effect.void : Effect.andThen(Effect.sleep("50 millis"), awaitReady(url))
  )

/** Waits until all four programs can do their job. */
export const allReady = (stack: Pick<Stack, "urls" | "logs">): Effect.Effect<void, Error> =>
  Effect.forEach(programNames, (name) =>
    awaitReady(stack.urls[name]).pipe(
      Effect.timeoutOrElse({
        duration: "30 seconds",
        orElse: () => Effect.fail(new Error(`${name} was not ready within 30 seconds; its log is in ${stack.logs}`))
      })
    ), { concurrency: "unbounded", discard: true })

let stacks = 0

export const makeStack = Effect.fnUntraced(function*(
  rules: ReadonlyArray<StackRule> = conservationRules
): Effect.fn.Return<Stack, unknown, Scope.Scope> {
  const name = `conservation-${process.pid}-${++stacks}`
  const logs = join(stateFolder, "logs", name)
  mkdirSync(logs, { recursive: true })
  const secretsFile = join(stateFolder, `${name}.secrets.json`)
  yield* Effect.addFinalizer((exit) =>
    Effect.sync(() => {
      rmSync(secretsFile, { force: true })
      if (Exit.isSuccess(exit)) rmSync(logs, { recursive: true, force: true })
    })
  )
  const [postgres, redis] = yield* Effect.all([postgresServer(), redisServer()], { concurrency: 2 })
  yield* migrated(postgres, storeRules(rules))
  const keys = { ingest: secret(), viewer: secret() }
  const admin = secret()
  const apiKey = Redacted.make(secret())
  writeFileSync(
    secretsFile,
    JSON.stringify({
      DB_USER: postgres.user,
      DB_PASS_CURRENT: postgres.password,
      REDIS_PASS_CURRENT: redis.password,
      INGEST_API_KEY: keys.ingest,
      VIEWER_API_KEY: keys.viewer,
      ADMIN_API_KEY: admin,
      MOOG_API_KEY: Redacted.value(apiKey)
    }),
    { mode: 0o600 }
  )
  const platform = yield* Layer.build(moogStandIn({ apiKey, port: 0 }))
  const { address } = Context.get(platform, HttpServer.HttpServer)
  const platformUrl = `http://127.0.0.1:${"port" in address ? address.port : 0}`
  const around: Surroundings = {
    runtime: "node",
    postgresPort: postgres.port,
    database: postgres.database,
    redisPort: redis.port,
    user: postgres.user,
    secretsFile,
    moogUrl: platformUrl
  }
  const surprises: Array<string> = []
  const start = (name: ProgramName) =>
    Effect.gen(function*() {
      const port = yield* freePort
      const { kill } = yield* keepRunning(name, port, around, logs, (what) => surprises.push(what))
      return { kill, url: `http://127.0.0.1:${port}` }
    })
  const programs = yield* Effect.all({
    ingestor: start("ingestor"),
    alerter: start("alerter"),
    "moog-forwarder": start("moog-forwarder"),
    "web-ui": start("web-ui")
  })
  const urls = {
    platform: platformUrl,
    ingestor: programs.ingestor.url,
    alerter: programs.alerter.url,
    "moog-forwarder": programs["moog-forwarder"].url,
    "web-ui": programs["web-ui"].url
  }
  yield* allReady({ urls, logs })
  yield* configure(urls["web-ui"], admin)
  return { urls, keys, postgres, redis, kill: (name) => programs[name].kill, surprises: () => surprises, logs }
})
