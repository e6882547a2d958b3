import { realpathSync } from "node:fs"
import { join } from "node:path"
import { type Runtime, runtimeEnvironment, runtimeFlags, sourceFlags } from "../../services/runtimeFlags.ts"
import { type ProgramFile, programFile } from "../build/bundles.ts"
import { repository, stateFolder } from "./Paths.ts"
import { stackSender, type StackTls } from "./PrivateAuthority.ts"

/** The four programs in the order in which they start; they stop the other way round, intake first. */
export const programNames = ["web-ui", "moog-forwarder", "alerter", "ingestor"] as const
export type ProgramName = (typeof programNames)[number]

const portSetting: Readonly<Record<ProgramName, string>> = {
  ingestor: "SERVER_PORT_INGESTOR",
  alerter: "METRICS_PORT_ALERTER",
  "moog-forwarder": "METRICS_PORT_MOOG",
  "web-ui": "SERVER_PORT_WEBUI"
}

/** What all programs of a stack share. */
export interface StackSettings {
  readonly runtime: Runtime
  /** Another program of that kind than the pinned one. */
  readonly runtimeProgram?: string | undefined
  /** `sources`: run them unbuilt, also when there are bundles. */
  readonly programsFrom?: ProgramFile["from"] | undefined
  /** The bundle that one process runs, when it is not that of today's sources. */
  readonly bundle?: ((name: ProgramName, replica: number) => string) | undefined
  readonly postgresPort: number
  /** Of servers that may take over from it. */
  readonly morePostgresPorts?: ReadonlyArray<number> | undefined
  readonly database: string
  readonly redisPort: number
  readonly user: string
  readonly secretsFile: string
  readonly moogUrl: string
  /** With it, the programs' listeners speak TLS. */
  readonly tls?: StackTls | undefined
  /** Where secrets are, when it is not that file. */
  readonly secretSettings?: Readonly<Record<string, string>> | undefined
}

const compileCache = process.env["NODE_COMPILE_CACHE"] ?? join(stateFolder, "cache/node")

/** Either names the server or the servers; what the shell says of the other is taken away. */
const postgresSettings = ({ morePostgresPorts = [], postgresPort }: StackSettings): NodeJS.ProcessEnv =>
  morePostgresPorts.length === 0
    ? { DB_HOST: "127.0.0.1", DB_PORT: String(postgresPort), DB_HOSTS: undefined }
    : {
      DB_HOST: undefined,
      DB_PORT: undefined,
      DB_HOSTS: [postgresPort, ...morePostgresPorts].map((port) => `127.0.0.1:${port}`).join(",")
    }

const environment = (around: StackSettings): NodeJS.ProcessEnv => ({
  ...runtimeEnvironment(compileCache),
  SERVER_HOST: "127.0.0.1",
  ...postgresSettings(around),
  DB_NAME: around.database,
  DB_USER: around.user,
  DB_TLS_ENABLED: "false",
  REDIS_HOST: "127.0.0.1",
  REDIS_PORT: String(around.redisPort),
  REDIS_USER: around.user,
  REDIS_TLS_ENABLED: "false",
  MUTT_SECRETS: "file",
  MUTT_SECRETS_FILE: around.secretsFile,
  MOOG_WEBHOOK_URL: `${around.moogUrl}/events`,
  SYSLOG_HOST: "127.0.0.1",
  // The listeners are the first ingestor's alone.
  SYSLOG_UDP_PORT: "0",
  SYSLOG_TCP_PORT: "0",
  ...tlsEnvironment(around.tls),
  ...around.secretSettings
})

const tlsEnvironment = (tls: StackTls | undefined): Record<string, string> =>
  tls === undefined ? {} : {
    SERVER_TLS_CERT_FILE: tls.cert,
    SERVER_TLS_KEY_FILE: tls.key,
    SERVER_TLS_CLIENT_CA_FILE: tls.ca,
    TLS_CLIENT_SENDERS: stackSender,
    // The programs ask each other how they are: Node and Deno each have their own word for whom they take.
    NODE_EXTRA_CA_CERTS: tls.ca,
    DENO_CERT: tls.ca
  }

const schemeOf = (tls: StackTls | undefined): string => tls === undefined ? "http" : "https"

const pinnedProgram = (runtime: Runtime): string => realpathSync(join(repository, "node_modules/.bin", runtime))

const command = (
  runtime: Runtime,
  { from, path }: ProgramFile,
  bin = pinnedProgram(runtime)
): readonly [program: string, args: ReadonlyArray<string>] => [
  bin,
  [...runtimeFlags[runtime], ...from === "sources" ? sourceFlags[runtime] : [], path]
]

/** Where the programs are, as the web-ui program wants to know it. */
export const fleetSetting = (ports: Readonly<Record<ProgramName, ReadonlyArray<number>>>, tls?: StackTls) => ({
  MUTT_PROGRAMS: programNames.flatMap((name) =>
    ports[name].map((port) => `${name}=${schemeOf(tls)}://127.0.0.1:${port}`)
  ).join(","),
  MUTT_CANARY_URL: `${schemeOf(tls)}://127.0.0.1:${ports.ingestor[0]}`
})

/** One process to run: what, with which settings, and where its log goes. */
export interface ProgramLaunch {
  readonly instance: string
  readonly url: string
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly env: NodeJS.ProcessEnv
}

/** The stand-in of the incident platform, run as the programs are. */
export const moogLaunch = (port: number, apiKey: string): ProgramLaunch => {
  const [program, args] = command("node", { from: "sources", path: join(repository, "scripts/moog-stand-in.ts") })
  const url = `http://127.0.0.1:${port}`
  return {
    instance: "moog-stand-in",
    url,
    program,
    args,
    env: { ...process.env, MOOG_STAND_IN_PORT: String(port), MOOG_API_KEY: apiKey }
  }
}

/** `more` is added to the settings, for what only one replica gets. */
export const programLaunch = (
  name: ProgramName,
  replica: number,
  port: number,
  around: StackSettings,
  more: Record<string, string> = {}
): ProgramLaunch => {
  const file: ProgramFile = around.bundle === undefined
    ? programFile(name, around.programsFrom)
    : { from: "bundle", path: around.bundle(name, replica) }
  const [program, args] = command(around.runtime, file, around.runtimeProgram)
  const instance = `${name}-${replica}`
  return {
    instance,
    url: `${schemeOf(around.tls)}://127.0.0.1:${port}`,
    program,
    args,
    env: { ...process.env, ...environment(around), POD_NAME: instance, [portSetting[name]]: String(port), ...more }
  }
}
