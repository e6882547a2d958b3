import { Effect, type Scope } from "effect"
import type { SqlClient } from "effect/sql"
import { randomBytes } from "node:crypto"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { seedSamples } from "../../layers/postgres/samples.ts"
import { freePort } from "../../scripts/stack/FreePort.ts"
import { repository, stateFolder } from "../../scripts/stack/Paths.ts"
import { type PrivateServer, privateServer } from "../../scripts/stack/PrivateServer.ts"
import { fleetSetting, programLaunch, type ProgramName, type StackSettings } from "../../scripts/stack/Program.ts"
import { replaceFile } from "../../scripts/stack/replaceFile.ts"
import { answersReady } from "../../scripts/stack/Supervisor.ts"
import type { Runtime } from "../../services/runtimeFlags.ts"
import { migrated } from "./migrated.ts"
import { type MoogStandIn, moogStandIn } from "./moogStandIn.ts"
import { type PostgresServer, postgresServer, type RedisServer, redisServer } from "./servers.ts"

/** One program as a process, which can be stopped, killed and started again on the same port. */
export interface RunningProgram extends Pick<PrivateServer, "stop" | "kill" | "pid" | "ended"> {
  readonly name: ProgramName
  readonly instance: string
  readonly url: string
  /** Path of what it logs. */
  readonly log: string
  /** Returns when it is ready. */
  readonly start: Effect.Effect<void>
  /** Returns when it runs, ready or not. */
  readonly begin: Effect.Effect<void>
}

/** All of MUTT as processes, with servers of its own, and a stand-in for the platform. */
export interface FourPrograms {
  /** The first of each. */
  readonly programs: Readonly<Record<ProgramName, RunningProgram>>
  /** Of the first replica of each, and of the platform. */
  readonly urls: Readonly<Record<ProgramName | "platform", string>>
  /** All of each. */
  readonly replicas: Readonly<Record<ProgramName, ReadonlyArray<RunningProgram>>>
  /** One more of a program, beside what runs. */
  readonly another: (name: ProgramName) => Effect.Effect<RunningProgram, unknown, Scope.Scope>
  readonly keys: { readonly ingest: string; readonly viewer: string; readonly operator: string; readonly admin: string }
  readonly syslog: { readonly udp: number; readonly tcp: number }
  readonly moog: MoogStandIn
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  /** What is in the secret store at first, for all programs. */
  readonly secrets: Readonly<Record<string, string>>
  /** Replaces what is in it. */
  readonly setSecrets: (secrets: Readonly<Record<string, string>>) => Effect.Effect<void>
  /** The file that all of them have their secrets from. */
  readonly secretsFile: string
}

/** A Redis that several servers are. */
export interface RedisElsewhere {
  /** One of them. */
  readonly server: RedisServer
  /** How programs find the others. */
  readonly settings: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
}

const aloneRedis = Effect.map(redisServer(), (server): RedisElsewhere => ({ server, settings: {}, secrets: {} }))

interface FourProgramsOptions<E = never> {
  readonly runtime?: Runtime
  /** Another program of that kind than the pinned one. */
  readonly runtimeProgram?: string | undefined
  /** `sources`: unbuilt. */
  readonly programsFrom?: StackSettings["programsFrom"]
  /** The bundle that each runs, when it is not that of today's sources. */
  readonly bundle?: StackSettings["bundle"]
  /** Environment variables for all of them. */
  readonly settings?: Readonly<Record<string, string>>
  /** More of them for one, by its name; the ports are those of the servers. */
  readonly settingsOf?: (
    instance: string,
    ports: { readonly redis: number; readonly postgres: number }
  ) => Effect.Effect<Readonly<Record<string, string>>, never, Scope.Scope>
  readonly replicas?: number
  /** Another major version of PostgreSQL than the newest. */
  readonly postgresVersion?: number | undefined
  /** What goes into the migrated database, as its owner; without it the sample rules. */
  readonly database?: Effect.Effect<unknown, E, SqlClient.SqlClient>
  /** What makes the schema of the empty database, and fills it, instead. */
  readonly schema?: (server: PostgresServer) => Effect.Effect<unknown, unknown>
  /** Settings of another secret store, into which it has put what is in the files. */
  readonly secretStore?: (
    file: string,
    adminFile: string
  ) => Effect.Effect<
    { readonly programs: Readonly<Record<string, string>>; readonly webUi: Readonly<Record<string, string>> },
    never,
    Scope.Scope
  >
  /** Another Redis than a lone one of their own. */
  readonly redis?: Effect.Effect<RedisElsewhere, never, Scope.Scope>
  /** Another PostgreSQL than a lone one of their own, and the servers that may take over from it. */
  readonly postgres?: { readonly server: PostgresServer; readonly others: ReadonlyArray<PostgresServer> }
  /** Where their logs go and stay; without it they go away with the programs. */
  readonly logs?: string
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

/** Brings them up and waits until each is ready. */
export const fourPrograms = <E = never>(
  options?: FourProgramsOptions<E>
): Effect.Effect<FourPrograms, never, Scope.Scope> =>
  Effect.gen(function*() {
    const here = yield* folder
    const [postgres, places] = yield* Effect.all([
      options?.postgres === undefined
        ? postgresServer({ version: options?.postgresVersion })
        : Effect.succeed(options.postgres.server),
      options?.redis ?? aloneRedis
    ], { concurrency: 2 })
    const redis = places.server
    yield* options?.schema?.(postgres) ?? migrated<unknown>(postgres, options?.database ?? seedSamples)
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
      MOOG_API_KEY: moog.apiKey,
      ...places.secrets
    }
    const setSecrets = (values: Readonly<Record<string, string>>) =>
      Effect.sync(() => replaceFile(secretsFile, JSON.stringify(values)))
    yield* setSecrets(secrets)
    const adminFile = join(here, "admin-secrets.json")
    const adminSecrets = {
      REDIS_ADMIN_PASS: decodeURIComponent(new URL(redis.adminUrl).password),
      ADMIN_API_KEY: keys.admin
    }
    replaceFile(adminFile, JSON.stringify(adminSecrets))
    const store = yield* options?.secretStore?.(secretsFile, adminFile) ?? Effect.succeed(undefined)
    const webUi = store?.webUi ?? { MUTT_SECRETS_ADMIN_FILE: adminFile }
    const around: StackSettings = {
      runtime: options?.runtime ?? "node",
      runtimeProgram: options?.runtimeProgram,
      programsFrom: options?.programsFrom,
      bundle: options?.bundle,
      postgresPort: postgres.port,
      morePostgresPorts: options?.postgres?.others.map(({ port }) => port),
      database: postgres.database,
      redisPort: redis.port,
      user: postgres.user,
      secretsFile,
      moogUrl: moog.url,
      secretSettings: store?.programs
    }
    const syslog = { udp: yield* freePort, tcp: yield* freePort }
    const some = Effect.all(Array.from({ length: options?.replicas ?? 1 }, () => freePort))
    const ports = { "web-ui": yield* some, "moog-forwarder": yield* some, alerter: yield* some, ingestor: yield* some }
    const more = { ...fleetSetting(ports), ...places.settings, ...options?.settings }
    const listeners = { SYSLOG_UDP_PORT: String(syslog.udp), SYSLOG_TCP_PORT: String(syslog.tcp) }

    const begin = (name: ProgramName, replica: number, port: number) =>
      Effect.gen(function*() {
        // The syslog ports are the first ingestor's alone.
        const servers = { redis: redis.port, postgres: postgres.port }
        const own = {
          ...more,
          ...(name === "web-ui" ? webUi : {}),
          ...(yield* options?.settingsOf?.(`${name}-${replica}`, servers) ?? Effect.succeed({}))
        }
        const program = programLaunch(name, replica, port, around, replica === 1 ? { ...listeners, ...own } : own)
        const log = join(options?.logs ?? here, `${program.instance}.log`)
        const server = yield* privateServer({
          name: program.instance,
          launch: { ...program, cwd: repository, log, stopSignal: "TERM" },
          ready: () => answersReady(program.url)
        })
        yield* server.start
        return {
          ...server,
          name,
          instance: program.instance,
          url: program.url,
          log,
          start: Effect.orDie(server.start),
          begin: Effect.orDie(server.begin)
        }
      })
    const beginAll = (name: ProgramName) =>
      Effect.forEach(ports[name], (port, index) => begin(name, index + 1, port), { concurrency: "unbounded" })

    const replicas = yield* Effect.all({
      "web-ui": beginAll("web-ui"),
      "moog-forwarder": beginAll("moog-forwarder"),
      alerter: beginAll("alerter"),
      ingestor: beginAll("ingestor")
    }, { concurrency: "unbounded" })
    const first = (name: ProgramName) => Effect.fromNullishOr(replicas[name][0])
    const programs = {
      "web-ui": yield* first("web-ui"),
      "moog-forwarder": yield* first("moog-forwarder"),
      alerter: yield* first("alerter"),
      ingestor: yield* first("ingestor")
    }
    let others = 0
    const another = (name: ProgramName) =>
      Effect.flatMap(freePort, (port) => begin(name, ports[name].length + ++others, port))
    const urls = {
      platform: moog.url,
      ingestor: programs.ingestor.url,
      alerter: programs.alerter.url,
      "moog-forwarder": programs["moog-forwarder"].url,
      "web-ui": programs["web-ui"].url
    }
    return { programs, replicas, urls, another, keys, syslog, moog, postgres, redis, secretsFile, secrets, setSecrets }
  }).pipe(Effect.orDie)
