import { Clock, Console, Effect } from "effect"
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { trustAuthority } from "../../services/cli/trustAuthority.ts"
import type { Runtime } from "../../services/runtimeFlags.ts"
import { bundlesWanted } from "../build/bundles.ts"
import { adminSecretsPath, type Credentials, credentials, secretsPath } from "./Credentials.ts"
import { database, startPostgres, startRedis } from "./DataServers.ts"
import { stateFolder } from "./Paths.ts"
import { choosePorts, type Ports } from "./Ports.ts"
import { prepareDatabase } from "./prepareDatabase.ts"
import { privateAuthority, type StackTls } from "./PrivateAuthority.ts"
import { superuserUrl } from "./PrivatePostgres.ts"
import { findPrometheus, privatePrometheus, shippedRules } from "./PrivatePrometheus.ts"
import { adminUrl } from "./PrivateRedis.ts"
import {
  fleetSetting,
  moogLaunch,
  programLaunch,
  type ProgramName,
  programNames,
  type StackSettings
} from "./Program.ts"
import { type SecretVault, startVault } from "./SecretVault.ts"
import { type Instance, type StackDescription, writeStackFile } from "./StackFile.ts"
import { supervise, type Supervised } from "./Supervisor.ts"

/** There while, and after, the passwords of the servers were a Vault's. */
const vaultMark = join(stateFolder, "passwords-of-vault")

interface StackOptions {
  readonly replicas: number
  readonly runtime: Runtime
  readonly autoPorts: boolean
  readonly secrets: "file" | "vault"
  readonly tls: boolean
  readonly monitoring: boolean
}

/** Says what has been done and how long it took. */
const step = <A, E, R>(name: (result: A) => string, work: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const begun = yield* Clock.currentTimeMillis
    const result = yield* work
    const took = ((yield* Clock.currentTimeMillis) - begun) / 1000
    yield* Console.log(`  ${name(result)} (${took.toFixed(1)} s)`)
    return result
  })

/** Bundles the programs, unless that is done. Without them the programs run from their sources, more slowly. */
const bundlePrograms = Effect.gen(function*() {
  if (!bundlesWanted()) return
  yield* step(
    () => "the programs are bundled",
    // Most starts need no bundler, which takes a moment to load.
    Effect.tryPromise(() => import("../build/buildBundles.ts").then(({ buildBundles }) => buildBundles()))
  )
}).pipe(Effect.catch(({ cause }) => Console.log(`  the programs run from their sources: ${String(cause)}`)))

/** What programs keep beside the database and Redis: it goes with them, in the same folder. */
const keptFiles = (name: ProgramName, replica: number): Record<string, string> => {
  const folder = join(stateFolder, "programs")
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return {
    CONFIG_LAST_KNOWN_GOOD: join(folder, `${name}-${replica}.settings.json`),
    ...(name === "web-ui" ? { AUDIT_CHECKPOINT_FILE: join(folder, "audit-checkpoints.jsonl") } : {})
  }
}

/** A Prometheus with the rules of `deploy`, where one can be had; what the web-ui is told of it. */
const startMonitoring = (ports: Ports, tls: StackTls | undefined) =>
  Effect.gen(function*() {
    const bin = yield* findPrometheus
    if (bin === undefined) {
      yield* Console.log(
        "  there is no Prometheus here: install it, or name its program as PROMETHEUS_BIN; MUTT runs without it"
      )
      return {}
    }
    const { start, url } = yield* privatePrometheus({
      bin,
      port: ports.prometheus,
      folder: join(stateFolder, "prometheus"),
      rules: shippedRules,
      interval: "5s",
      programs: ports.programs,
      ca: tls?.ca
    })
    yield* step(() => `Prometheus is up at ${url}, with the rules of deploy/prometheus`, start)
    return { PROMETHEUS_URL: url }
  })

const startPrograms = (
  options: StackOptions,
  ports: Ports,
  around: StackSettings,
  webUiSettings: Readonly<Record<string, string>>,
  onChange: () => void
) =>
  Effect.gen(function*() {
    const started: Record<ProgramName, Array<Supervised>> = {
      ingestor: [],
      alerter: [],
      "moog-forwarder": [],
      "web-ui": []
    }
    const listeners = {
      SYSLOG_UDP_PORT: String(ports.syslogUdp),
      SYSLOG_TCP_PORT: String(ports.syslogTcp),
      SYSLOG_TLS_PORT: String(ports.syslogTls)
    }
    yield* Effect.forEach(programNames, (name) =>
      step(
        () => `${name} is ready${options.replicas > 1 ? `, ${options.replicas} of it` : ""}`,
        Effect.forEach(ports.programs[name], (port, replica) => {
          const more = {
            ...fleetSetting(ports.programs, around.tls),
            ...keptFiles(name, replica + 1),
            ...(name === "ingestor" && replica === 0 ? listeners : {}),
            ...(name === "web-ui" ? webUiSettings : {})
          }
          return supervise(programLaunch(name, replica + 1, port, around, more), onChange).pipe(
            Effect.tap((supervised) => Effect.sync(() => started[name].push(supervised)))
          )
        }, { concurrency: "unbounded" })
      ), { concurrency: "unbounded" })
    return started
  })

const describe = (
  started: Readonly<Record<ProgramName, ReadonlyArray<Supervised>>>,
  ports: Ports,
  words: Credentials,
  vault: SecretVault | undefined,
  tls: StackTls | undefined
): StackDescription => {
  // In the order of their numbers: the first has the usual port, and the first ingestor the syslog listeners.
  const instances = (name: ProgramName): ReadonlyArray<Instance> =>
    started[name]
      .toSorted((a, b) => a.launch.instance.localeCompare(b.launch.instance, "en", { numeric: true }))
      .map(({ launch, pid }) => ({ url: launch.url, pid: pid() }))
  return {
    ingestor: instances("ingestor"),
    alerter: instances("alerter"),
    moogForwarder: instances("moog-forwarder"),
    webUi: instances("web-ui"),
    moog: { url: `http://127.0.0.1:${ports.moog}` },
    syslog: {
      host: "127.0.0.1",
      udp: ports.syslogUdp,
      tcp: ports.syslogTcp,
      ...(tls === undefined ? {} : { tls: ports.syslogTls })
    },
    ...(tls === undefined ? {} : { tls: { ca: tls.ca } }),
    postgres: {
      host: "127.0.0.1",
      port: ports.postgres,
      database,
      user: words.user,
      adminUrl: superuserUrl(ports.postgres, words.postgresAdmin, database)
    },
    redis: {
      host: "127.0.0.1",
      port: ports.redis,
      user: words.user,
      adminUrl: adminUrl(ports.redis, words.redisAdmin)
    },
    secrets: vault === undefined
      ? { kind: "file", path: ".mutt/secrets.json" }
      : { kind: "vault", path: vault.path, url: vault.url, rootToken: vault.rootToken },
    keys: {
      ingest: words.key("INGEST"),
      viewer: words.key("VIEWER"),
      operator: words.key("OPERATOR"),
      admin: words.key("ADMIN")
    }
  }
}

/**
 * A stack that is up: everything ready, the rules there, `.mutt/stack.json` written and kept true. Ends with its scope,
 * programs first.
 */
export const startStack = (options: StackOptions) =>
  Effect.gen(function*() {
    const ports = yield* choosePorts({ ...options, auto: options.autoPorts })
    const tls = options.tls ? privateAuthority() : undefined
    if (tls !== undefined) trustAuthority(tls.ca)
    const kept = credentials()
    // A Vault in memory begins with the passwords of the file, so the servers begin with them too; and so they do after
    // it, since what was rotated there went with it.
    const afterVault = existsSync(vaultMark)
    const words = options.secrets === "vault" || afterVault ? { ...kept, freshSecrets: true } : kept
    if (options.secrets === "vault") writeFileSync(vaultMark, "")
    const vault = options.secrets === "vault"
      ? yield* step(({ url }) => `OpenBao is up at ${url}`, startVault)
      : undefined
    const [postgres, redis] = yield* Effect.all([
      step((version) => `PostgreSQL ${version} is up on port ${ports.postgres}`, startPostgres(ports.postgres, words)),
      step((name) => `${name} is up on port ${ports.redis}`, startRedis(ports.redis, words)),
      step(
        () => `the Moogsoft stand-in is up on port ${ports.moog}`,
        supervise(moogLaunch(ports.moog, words.key("MOOG")), () => {})
      ),
      bundlePrograms
    ], { concurrency: "unbounded" })
    if (options.secrets === "file") rmSync(vaultMark, { force: true })
    yield* step(
      (rows) => `the database is migrated${rows > 0 ? ", with sample rules, hosts and teams" : ""}`,
      prepareDatabase(ports.postgres, words)
    )
    const around: StackSettings = {
      runtime: options.runtime,
      postgresPort: ports.postgres,
      database,
      redisPort: ports.redis,
      user: words.user,
      secretsFile: secretsPath,
      moogUrl: `http://127.0.0.1:${ports.moog}`,
      tls,
      secretSettings: vault?.settings
    }
    const monitoring = options.monitoring ? yield* startMonitoring(ports, tls) : {}
    let up: Readonly<Record<ProgramName, ReadonlyArray<Supervised>>> | undefined
    const onChange = () => {
      if (up !== undefined) writeStackFile(describe(up, ports, words, vault, tls))
    }
    up = yield* startPrograms(
      options,
      ports,
      around,
      { ...vault?.webUiSettings ?? { MUTT_SECRETS_ADMIN_FILE: adminSecretsPath }, ...monitoring },
      onChange
    )
    const stack = describe(up, ports, words, vault, tls)
    writeStackFile(stack)
    return { stack, versions: { postgres: `PostgreSQL ${postgres}`, redis } }
  })
