import { Effect, Redacted, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { Redis } from "ioredis"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { right } from "../../../test/support/certificates.ts"
import { fourPrograms } from "../../../test/support/fourPrograms.ts"
import { request } from "../../../test/support/request.ts"
import { scratch } from "../../../test/support/servers.ts"
import { freePort } from "../../stack/FreePort.ts"
import { stateFolder } from "../../stack/Paths.ts"
import { asSuperuser } from "../../stack/PrivatePostgres.ts"
import { words } from "../conservation/Ledger.ts"
import { configure, conservationRules, storeRules } from "../conservation/setUp.ts"

/** A stack as processes, with a little load, and hands to break it with. */
export interface World {
  readonly stack: Effect.Success<ReturnType<typeof fourPrograms>>
  readonly folder: string
  /** Replaces the certificate of syslog over TLS by one that is good for so many days. */
  readonly showCertificate: (days: number) => Effect.Effect<void>
  readonly post: (message: string) => Effect.Effect<void>
  readonly asAdmin: (method: string, path: string, body?: unknown) => Effect.Effect<void>
  readonly sql: <A, E>(work: (sql: SqlClient.SqlClient) => Effect.Effect<A, E>) => Effect.Effect<void>
  readonly redis: (...command: readonly [name: string, ...args: ReadonlyArray<string>]) => Effect.Effect<void>
}

/** The load, so that what is counted by the event has something to count. */
const everyMs = 200

const makeWorld = Effect.gen(function*() {
  const folder = yield* scratch(join(stateFolder, "run"))
  yield* Effect.sync(() => mkdirSync(folder, { recursive: true, mode: 0o700 }))
  const files = { cert: join(folder, "syslog.crt"), key: join(folder, "syslog.key") }
  const showCertificate = (days: number) =>
    Effect.sync(() => {
      const { cert, key } = right.issue("localhost", ["localhost"], -1, days)
      writeFileSync(files.key, key, { mode: 0o600 })
      writeFileSync(files.cert, cert)
    })
  yield* showCertificate(60)
  const tlsPort = yield* freePort
  const stack = yield* fourPrograms({
    database: storeRules(conservationRules),
    settings: { MOOG_CONCURRENCY: "4", MOOG_RETRY_BASE_DELAY: "0.2", MOOG_RETRY_MAX_DELAY: "2" },
    settingsOf: (instance) =>
      Effect.succeed(
        instance !== "ingestor-1" ? {} : {
          SYSLOG_TLS_PORT: String(tlsPort),
          SYSLOG_TLS_CERT_FILE: files.cert,
          SYSLOG_TLS_KEY_FILE: files.key
        }
      )
  })
  const { keys, postgres, programs } = stack
  yield* configure(programs["web-ui"].url, keys.admin, { circuit_breaker_threshold: 3, circuit_breaker_timeout: 5 })

  const post = (message: string) =>
    request(`${programs.ingestor.url}/api/v2/ingest`, {
      method: "POST",
      headers: { "x-api-key": keys.ingest, "content-type": "application/json" },
      body: JSON.stringify({ hostname: "device-1", message, severity: "err" })
    }).pipe(Effect.timeout("5 seconds"), Effect.ignore)
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(
    Effect.andThen(post(`${words.forwarded}, at times`), post(`${words.suppressed}, often`)),
    Effect.sleep(everyMs)
  )))

  const world: World = {
    stack,
    folder,
    showCertificate,
    post,
    asAdmin: (method, path, body) =>
      request(`${programs["web-ui"].url}${path}`, {
        method,
        headers: { "x-api-key": keys.admin, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      }).pipe(
        Effect.filterOrFail(({ ok }) => ok, ({ status }) => new Error(`${method} ${path} was answered ${status}`)),
        Effect.orDie,
        Effect.asVoid
      ),
    sql: (work) =>
      asSuperuser(
        { port: postgres.port, password: Redacted.make(decodeURIComponent(new URL(postgres.adminUrl).password)) },
        postgres.database,
        Effect.flatMap(SqlClient.SqlClient, work)
      ).pipe(Effect.orDie, Effect.asVoid),
    redis: (name, ...args) =>
      Effect.promise(async () => {
        const client = new Redis(stack.redis.adminUrl)
        await client.call(name, ...args)
        client.disconnect()
      })
  }
  return world
})

export const startWorld: Effect.Effect<World, unknown, Scope.Scope> = makeWorld
