import { Effect, type Scope } from "effect"
import { randomBytes } from "node:crypto"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { seedSamples } from "../../layers/postgres/samples.ts"
import { freePort } from "../../scripts/stack/FreePort.ts"
import { repository, stateFolder } from "../../scripts/stack/Paths.ts"
import { type PrivateServer, privateServer } from "../../scripts/stack/PrivateServer.ts"
import {
  fleetSetting,
  programLaunch,
  type ProgramName,
  type Runtime,
  type Surroundings
} from "../../scripts/stack/Program.ts"
import { answersReady } from "../../scripts/stack/Supervisor.ts"
import { migrated } from "./migrated.ts"
import { type MoogStandIn, moogStandIn } from "./moogStandIn.ts"
import { type PostgresServer, postgresServer, type RedisServer, redisServer } from "./servers.ts"

/** One program as a process, which can be stopped, killed and started again on the same port. */
export interface RunningProgram extends Pick<PrivateServer, "stop" | "kill"> {
  readonly url: string
  readonly start: Effect.Effect<void>
}

/** All of MUTT as processes, with servers of its own, sample rules, and a stand-in for the platform. */
export interface FourPrograms {
  readonly programs: Readonly<Record<ProgramName, RunningProgram>>
  readonly keys: { readonly ingest: string; readonly viewer: string; readonly operator: string; readonly admin: string }
  readonly syslog: { readonly udp: number; readonly tcp: number }
  readonly moog: MoogStandIn
  readonly postgres: PostgresServer
  readonly redis: RedisServer
}

let count = 0

const folder = Effect.acquireRelease(
  Effect.sync(() => {
    const path = join(stateFolder, "run", `${process.pid}-programs-${++count}`)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return path
  }),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** Brings them up and waits until each is ready. `settings` are environment variables for all four. */
export const fourPrograms = (
  options?: { readonly runtime?: Runtime; readonly settings?: Readonly<Record<string, string>> }
): Effect.Effect<FourPrograms, never, Scope.Scope> =>
  Effect.gen(function*() {
    const here = yield* folder
    const [postgres, redis] = yield* Effect.all([postgresServer(), redisServer()], { concurrency: 2 })
    yield* migrated(postgres, seedSamples)
    const secret = () => randomBytes(18).toString("base64url")
    const keys = { ingest: secret(), viewer: secret(), operator: secret(), admin: secret() }
    const moog = yield* moogStandIn({ apiKey: secret() })
    const secretsFile = join(here, "secrets.json")
    const secrets = {
      DB_USER: postgres.user,
      DB_PASS_CURRENT: postgres.password,
      REDIS_PASS_CURRENT: redis.password,
      INGEST_API_KEY: keys.ingest,
      VIEWER_API_KEY: keys.viewer,
      OPERATOR_API_KEY: keys.operator,
      ADMIN_API_KEY: keys.admin,
      MOOG_API_KEY: moog.apiKey
    }
    writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 })
    const around: Surroundings = {
      runtime: options?.runtime ?? "node",
      postgresPort: postgres.port,
      database: postgres.database,
      redisPort: redis.port,
      user: postgres.user,
      secretsFile,
      moogUrl: moog.url
    }
    const syslog = { udp: yield* freePort, tcp: yield* freePort }

    const ports = {
      "web-ui": [yield* freePort],
      "moog-forwarder": [yield* freePort],
      alerter: [yield* freePort],
      ingestor: [yield* freePort]
    }
    const listeners = { SYSLOG_UDP_PORT: String(syslog.udp), SYSLOG_TCP_PORT: String(syslog.tcp) }
    const more = { ...listeners, ...fleetSetting(ports), ...options?.settings }

    const begin = (name: ProgramName) =>
      Effect.gen(function*() {
        const program = programLaunch(name, 1, ports[name][0] ?? 0, around, more)
        const log = join(here, `${name}.log`)
        const server = yield* privateServer({
          name,
          launch: { ...program, cwd: repository, log, farewell: "TERM" },
          ready: () => answersReady(program.url)
        })
        yield* server.start
        return { url: program.url, stop: server.stop, kill: server.kill, start: Effect.orDie(server.start) }
      })

    const programs = yield* Effect.all({
      "web-ui": begin("web-ui"),
      "moog-forwarder": begin("moog-forwarder"),
      alerter: begin("alerter"),
      ingestor: begin("ingestor")
    }, { concurrency: "unbounded" })
    return { programs, keys, syslog, moog, postgres, redis }
  }).pipe(Effect.orDie)
