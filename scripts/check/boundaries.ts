import { cycles } from "./cycles.ts"
import type { Import, SourceFile } from "./SourceFile.ts"

export interface Violation {
  readonly path: string
  readonly line: number
  readonly message: string
}

type Rule = (file: SourceFile, imported: Import, all: ReadonlySet<string>) => string | undefined

const seesTheWorld = (path: string) => /^(?:layers|services)\//.test(path)
const startsWithAny = (path: string, prefixes: ReadonlyArray<string>) =>
  prefixes.some((prefix) => path.startsWith(prefix))

/** What each room of `src` may take from the others. */
const rooms: Readonly<Record<string, ReadonlyArray<string>>> = {
  domain: ["src/domain/"],
  logic: ["src/logic/", "src/domain/"],
  matching: ["src/matching/", "src/logic/", "src/domain/"],
  decode: ["src/decode/", "src/logic/", "src/domain/"],
  encode: ["src/encode/", "src/logic/", "src/domain/"],
  api: ["src/api/", "src/silence/", "src/domain/"],
  rulefile: [
    "src/rulefile/",
    "src/silence/",
    "src/matching/",
    "src/decode/",
    "src/api/",
    "src/logic/",
    "src/domain/"
  ],
  silence: ["src/silence/", "src/matching/", "src/logic/", "src/domain/"],
  backtest: ["src/backtest/", "src/silence/", "src/matching/", "src/decode/", "src/logic/", "src/domain/"]
}
const pureLibraries = /^(?:effect|@noble\/hashes|re2js|yaml)(?:\/|$)/

const pureSource: Rule = ({ path }, { specifier, target }) => {
  const room = /^src\/([^/]+)\//.exec(path)?.[1]
  if (room === undefined) return undefined
  if (target === undefined) {
    return pureLibraries.test(specifier) ? undefined : `src is pure: it may not import ${specifier}`
  }
  const allowed = rooms[room]
  if (allowed === undefined) return `src has no room called ${room}`
  return startsWithAny(target, allowed) ? undefined : `src/${room} may not import ${target}`
}

/**
 * An adapter is named after its contract: `AuditPostgres.ts` beside `Audit.ts`. An assembled layer is named `…Layer.ts`. What has adapters
 * itself is a contract, whatever it is named after: `RedisAcl.ts` beside `Redis.ts` and `RedisAclLayer.ts`.
 */
const isAdapter = (path: string, all: ReadonlySet<string>): boolean => {
  if (path.endsWith("Layer.ts")) return true
  const stem = path.slice(0, -".ts".length)
  if ([...all].some((other) => other.startsWith(stem) && /^[A-Z]\w*\.ts$/.test(other.slice(stem.length)))) return false
  const folder = path.slice(0, path.lastIndexOf("/") + 1)
  const words = path.slice(folder.length, -".ts".length).split(/(?=[A-Z])/)
  return words.slice(1).some((_, index) => all.has(`${folder}${words.slice(0, index + 1).join("")}.ts`))
}

const layerContracts: Rule = ({ path }, { target }, all) => {
  const [, here] = /^layers\/([^/]+)\//.exec(path) ?? []
  if (here === undefined || target === undefined) return undefined
  if (/^(?:src|services)\/|^package\.json$/.test(target)) return undefined
  const [, there] = /^layers\/([^/]+)\//.exec(target) ?? []
  if (there === undefined) return `layers may import layers and src, not ${target}`
  return there !== here && isAdapter(target, all)
    ? `layers/${here} may import contracts of layers/${there}, not the adapter ${target}`
    : undefined
}

/** The floors of `layers`, the lowest first. An arrow goes to a lower floor, whatever it is for: a type is knowledge too. */
export const floors: ReadonlyArray<ReadonlyArray<string>> = [
  ["environment", "random", "telemetry"],
  ["vault", "secret", "tls"],
  ["redis", "postgres"],
  ["queue", "audit", "archive", "delivery", "instances", "idempotency"],
  ["config", "rules", "silence", "views", "otlp"],
  ["http"],
  ["check"]
]
/** Arrows between neighbours of one floor. */
const sideways: ReadonlyArray<readonly [from: string, to: string]> = [
  ["telemetry", "environment"],
  [
    "telemetry",
    "random"
  ],
  ["secret", "vault"],
  ["queue", "instances"]
]

const roomOfLayers = (path: string): string | undefined => /^layers\/([^/]+)\//.exec(path)?.[1]
const floorOf = (room: string): number => floors.findIndex((rooms) => rooms.includes(room))

const downwards: Rule = ({ path }, { target }) => {
  const [here, there] = [roomOfLayers(path), roomOfLayers(target ?? "")]
  if (here === undefined) return undefined
  if (floorOf(here) < 0) return `layers has no floor for ${here}: give it one in scripts/check/boundaries.ts`
  if (there === undefined || there === here || floorOf(there) < 0 || floorOf(there) < floorOf(here)) return undefined
  return sideways.some(([from, to]) => from === here && to === there)
    ? undefined
    : `layers/${here} (floor ${floorOf(here) + 1}) may not import layers/${there} (floor ${
      floorOf(there) + 1
    }): arrows go down`
}

const lonelyPrograms: Rule = ({ path }, { target }) => {
  const [, program] = /^services\/([^/]+)\//.exec(target ?? "") ?? []
  if (program === undefined || startsWithAny(path, ["test/", "scripts/", `services/${program}/`])) return undefined
  return `nobody imports services/${program} but itself, test and scripts`
}

const console = "services/web-ui/console/"
const consoleLibraries =
  /^(?:effect|react|react-dom|diff|vite|@vitejs\/plugin-react|@tanstack\/react-(?:query|router|virtual))(?:\/|$)/

/** The console is another program, which runs in a browser: it asks the API and shares what is pure. */
const consoleAsksTheApi: Rule = ({ path }, { specifier, target }) => {
  if (path.startsWith(console)) {
    if (target === undefined) {
      return consoleLibraries.test(specifier) ? undefined : `the console may not import ${specifier}`
    }
    const [, page] = /^services\/web-ui\/console\/pages\/([^/]+)\//.exec(path) ?? []
    const [, other] = /^services\/web-ui\/console\/pages\/([^/]+)\//.exec(target) ?? []
    if (page !== undefined && other !== undefined && page !== other) return `a page imports no other page: ${target}`
    return startsWithAny(target, ["src/", console])
      ? undefined
      : `the console asks the API: it may not import ${target}`
  }
  if (target?.startsWith(console) && !path.startsWith("test/")) return "nobody imports the console"
  return /^react(?:-dom)?(?:\/|$)/.test(specifier) ? "React is imported by the console alone" : undefined
}

/**
 * `mutt migrate` brings the schema up to date itself: it must work before any program can start. `mutt archive` reads an
 * archive when none runs any more.
 */
const cliWithLayers: ReadonlySet<string> = new Set([
  "services/cli/migration.ts",
  "services/cli/archiveFiles.ts",
  "services/cli/archivePlace.ts"
])
/** How a program is started, which `mutt run` does without importing one. */
const startOfPrograms = "services/runtimeFlags.ts"

const cliAsksTheApi: Rule = ({ path }, { target }) => {
  if (!path.startsWith("services/cli/") || target === undefined) return undefined
  if (startsWithAny(target, ["src/", "services/cli/", startOfPrograms]) || target === "package.json") return undefined
  return cliWithLayers.has(path) && target.startsWith("layers/")
    ? undefined
    : `the command line asks the API: it may import src, not ${target}`
}

/** Each driver and the one folder that knows it. */
const drivers: Readonly<Record<string, string>> = {
  ioredis: "layers/redis/",
  "@effect/sql-pg": "layers/postgres/",
  "node-vault": "layers/vault/",
  aws4fetch: "layers/archive/",
  jose: "services/web-ui/session/",
  "openid-client": "services/web-ui/session/"
}

const oneDoorPerDriver: Rule = ({ path }, { specifier }) => {
  const driver = Object.keys(drivers).find((name) => specifier === name || specifier.startsWith(`${name}/`))
  const folder = driver === undefined ? undefined : drivers[driver]
  return folder === undefined || !seesTheWorld(path) || path.startsWith(folder)
    ? undefined
    : `${driver} is imported in ${folder} alone`
}

/** Where the runtime (Node's modules) may be seen: entry points, sockets, files and drivers. */
const runtimeDoors = [
  /^services\/(?:[^/]+\/main|preload)\.ts$/,
  /^services\/ingestor\/syslog\//,
  /^services\/ingestor\/http\/(?:bodyHash|IngestEndpoint|unpack)\.ts$/,
  /^services\/cli\//,
  /^layers\/http\/(?:Server|RawHandler|rawPipeline|HttpConnections|connectionPhase|refusal|secureServer)\.ts$/,
  /^layers\/delivery\/(?:HttpTransportUndici|undiciPool)\.ts$/,
  /^layers\/archive\/(?:digested|zstdCompressed|s3HttpClient|s3Signature)\.ts$/,
  /^layers\/telemetry\/processMetrics\.ts$/,
  /^layers\/environment\/(?:TimeZoneData|ProcessFacts)\.ts$/,
  /^layers\/(?:postgres|redis|tls|vault)\//,
  /^layers\/[^/]+\/[A-Za-z]+File\.ts$/
]

const runtimeAtTheEdge: Rule = ({ path }, { specifier }) =>
  /^(?:node:|@effect\/platform-node)/.test(specifier) && seesTheWorld(path) &&
    !runtimeDoors.some((door) => door.test(path))
    ? `${specifier} may be imported in entry points and driver adapters only`
    : undefined

const spelledOut: Rule = (_, { specifier, target }, all) => {
  if (target === undefined) return undefined
  if (!/\.(?:tsx?|json|css)$/.test(specifier)) return `write the file's ending: ${specifier}`
  return /\.tsx?$/.test(target) && !all.has(target) ? `${target} does not exist` : undefined
}

const rules: ReadonlyArray<Rule> = [
  pureSource,
  layerContracts,
  downwards,
  lonelyPrograms,
  consoleAsksTheApi,
  cliAsksTheApi,
  oneDoorPerDriver,
  runtimeAtTheEdge,
  spelledOut
]

/** The product is cut finer than its tests, which list cases. */
const longestOf = (path: string): number => seesTheWorld(path) || path.startsWith("src/") ? 250 : 300

const shape = ({ path, text }: SourceFile): ReadonlyArray<Violation> => {
  const lines = text.replace(/\n$/, "").split("\n").length
  const longest = longestOf(path)
  return [
    ...(lines > longest
      ? [{ path, line: lines, message: `${lines} lines; ${longest} at most: it is probably two nouns` }]
      : []),
    ...(/(?:^|\/)index\.ts$/.test(path) ? [{ path, line: 1, message: "no index files: import the file you mean" }] : [])
  ]
}

/** Everything in the files that breaks the rules of who may import whom. */
export const boundaryViolations = (files: ReadonlyArray<SourceFile>): ReadonlyArray<Violation> => {
  const all = new Set(files.map(({ path }) => path))
  const broken = files.flatMap((file) =>
    file.imports.flatMap((imported) =>
      rules.flatMap((rule) => {
        const message = rule(file, imported, all)
        return message === undefined ? [] : [{ path: file.path, line: imported.line, message }]
      })
    )
  )
  const circles = cycles(files).map((circle) => ({
    path: circle[0] ?? "",
    line: 1,
    message: `imports go round in a circle: ${circle.join(" → ")}`
  }))
  return [...files.flatMap(shape), ...broken, ...circles]
}
