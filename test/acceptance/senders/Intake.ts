import { Context, Effect, Layer, type Scope } from "effect"
import { Redis } from "ioredis"
import { randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { queueKeys } from "../../../layers/queue/keys.ts"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { launch } from "../../../scripts/stack/Managed.ts"
import { repository, stateFolder } from "../../../scripts/stack/Paths.ts"
import { programLaunch } from "../../../scripts/stack/Program.ts"
import type { Event, Quarantined } from "../../../src/domain/Event.ts"
import { type RedisServer, redisServer } from "../../support/servers.ts"
import type { Places } from "./samples.ts"

/** A running ingestor on a Redis of its own. */
export class IntakeUnderTest extends Context.Service<IntakeUnderTest, {
  readonly places: Places
  readonly redis: RedisServer
  /** The ingestor's process, ended and begun again by a test. */
  readonly start: Effect.Effect<void>
  readonly stop: Effect.Effect<void>
  /** The next stored events that `wanted` picks, as many as asked for; waits for them. Others are passed over. */
  readonly events: (count: number, wanted: (event: Event) => boolean) => Effect.Effect<ReadonlyArray<Event>>
  /** The next records in quarantine, as many as asked for; waits for them. */
  readonly quarantined: (count: number) => Effect.Effect<ReadonlyArray<Quarantined>>
  /** A folder for the files of this run. */
  readonly folder: string
}>()("mutt/test/acceptance/senders/IntakeUnderTest") {
  static readonly layer = Layer.effect(IntakeUnderTest, Effect.suspend(() => make))
}

const keys = queueKeys("mutt:{ingest}")

const make = Effect.gen(function*() {
  const redis = yield* redisServer()
  const folder = yield* scratch
  const key = randomBytes(18).toString("base64url")
  const secretsFile = join(folder, "secrets.json")
  writeFileSync(secretsFile, JSON.stringify({ REDIS_PASS_CURRENT: redis.password, INGEST_API_KEY: key }), {
    mode: 0o600
  })
  const [port, syslog] = [yield* freePort, yield* freePort]
  const around = {
    runtime: "node",
    postgresPort: 1,
    database: "mutt",
    redisPort: redis.port,
    user: redis.user,
    secretsFile,
    moogUrl: "http://127.0.0.1:9"
  } as const
  const program = programLaunch("ingestor", 1, port, around, {
    SYSLOG_UDP_PORT: String(syslog),
    SYSLOG_TCP_PORT: String(syslog)
  })

  const begin = Effect.gen(function*() {
    const running = yield* launch({
      ...program,
      cwd: repository,
      log: join(folder, "ingestor.log"),
      stopSignal: "TERM"
    })
    yield* ready(program.url)
    return running
  }).pipe(Effect.orDie)
  let running = yield* begin
  const stop = Effect.suspend(() => Effect.asVoid(running.stop("TERM")))
  yield* Effect.addFinalizer(() => stop)

  const reader = yield* Effect.acquireRelease(
    // It waits for a Redis that a test has stopped.
    Effect.sync(() => new Redis(redis.adminUrl).on("error", () => undefined)),
    (client) => Effect.sync(() => client.disconnect())
  )
  const read = <A>(key: string, count: number, wanted: (value: A) => boolean): Effect.Effect<ReadonlyArray<A>> =>
    Effect.promise(async () => {
      const found: Array<A> = []
      for (let from = "0"; found.length < count;) {
        const reply = await reader.xread("COUNT", 1_000, "BLOCK", 1_000, "STREAMS", key, from)
        for (const [id, [, text = ""]] of reply?.[0]?.[1] ?? []) {
          from = id
          for (const line of text.split("\n")) {
            const value: A = JSON.parse(line)
            if (wanted(value)) found.push(value)
          }
        }
      }
      return found
    })

  return IntakeUnderTest.of({
    places: { http: program.url, syslog, key },
    redis,
    start: Effect.map(begin, (next) => void (running = next)),
    stop,
    events: (count, wanted) => read(keys.stream, count, wanted),
    quarantined: (count) => read(keys.quarantine, count, () => true),
    folder
  })
})

const scratch: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const parent = join(stateFolder, "run")
    mkdirSync(parent, { recursive: true })
    // What does not begin with the id of a living process is swept by tests that run beside this one.
    return mkdtempSync(join(parent, `${process.pid}-senders-`))
  }),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

const ready = (url: string): Effect.Effect<void> =>
  Effect.tryPromise(() => fetch(`${url}/readyz`)).pipe(
    Effect.map(({ status }) => status === 200),
    Effect.orElseSucceed(() => false),
    Effect.flatMap((is) => is ? Effect.void : Effect.andThen(Effect.sleep("20 millis"), ready(url)))
  )
