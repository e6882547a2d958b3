import { Effect, Schema } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { stateFolder } from "./Paths.ts"

/** A folder with `initdb` and `postgres` in it. `libraries` is empty when the system's loader finds everything. */
export const PostgresTool = Schema.Struct({ bin: Schema.String, version: Schema.Int, libraries: Schema.String })
export type PostgresTool = typeof PostgresTool.Type

/** One program of Redis's family. */
export const RedisTool = Schema.Struct({
  bin: Schema.String,
  flavour: Schema.Literals(["redis", "valkey"]),
  version: Schema.Int,
  libraries: Schema.String
})
export type RedisTool = typeof RedisTool.Type

/** A sender or another client that the tests use. `modules` is where its plug-ins lie, empty when it knows. */
const ClientTool = Schema.Struct({ bin: Schema.String, libraries: Schema.String, modules: Schema.String })
type ClientTool = typeof ClientTool.Type

/** What `scripts/bootstrap.sh` found on this machine. */
const Tools = Schema.Struct({
  postgres: PostgresTool,
  postgresVersions: Schema.Record(Schema.String, PostgresTool),
  redis: RedisTool,
  redisFlavours: Schema.Record(Schema.String, RedisTool),
  clients: Schema.Record(Schema.String, ClientTool),
  /** The oldest Node.js and Deno that are supported. */
  leastRuntimes: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct({ bin: Schema.String }))),
  openbao: Schema.NullOr(Schema.Struct({ bin: Schema.String })),
  /** What only tests want and this machine can't have: why, and what would bring it. */
  missing: Schema.Array(Schema.Struct({ tool: Schema.String, because: Schema.String, get: Schema.String }))
})

export class ToolMissing extends Schema.TaggedError<ToolMissing>()("ToolMissing", { tool: Schema.String }) {
  override get message() {
    return `${this.tool} was not found on this machine: run 'bash scripts/bootstrap.sh --test' and read what it says`
  }
}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Tools))

export const tools: Effect.Effect<typeof Tools.Type, ToolMissing> = Effect.try({
  try: () => readFileSync(join(stateFolder, "tools.json"), "utf8"),
  catch: () => new ToolMissing({ tool: "The list of tools (.mutt/tools.json)" })
}).pipe(
  Effect.flatMap(decode),
  Effect.catchTag("SchemaError", () => new ToolMissing({ tool: "A readable list of tools (.mutt/tools.json)" }))
)

const named = <A>(tool: string, found: A | undefined): Effect.Effect<A, ToolMissing> =>
  found === undefined ? Effect.fail(new ToolMissing({ tool })) : Effect.succeed(found)

/** PostgreSQL of one major version; without a version the newest. */
export const postgresTool = (version?: number): Effect.Effect<PostgresTool, ToolMissing> =>
  Effect.flatMap(tools, ({ postgresVersions }) => {
    const newest = Object.values(postgresVersions).sort((a, b) => b.version - a.version)[0]
    return named(`PostgreSQL ${version ?? ""}`.trim(), version === undefined ? newest : postgresVersions[version])
  })

/** Redis or Valkey; without a flavour the one that `npm start` uses. */
export const redisTool = (flavour?: "redis" | "valkey"): Effect.Effect<RedisTool, ToolMissing> =>
  Effect.flatMap(
    tools,
    (found) => named(flavour ?? "redis", flavour === undefined ? found.redis : found.redisFlavours[flavour])
  )

/**
 * A sender (`rsyslogd`, `logger`, `syslogNg`, `loggen`, `snmptrapd`, `snmptrap`, `curl`), a server's client (`psql`,
 * `redisCli`), or the browser (`chromium`).
 */
export const clientTool = (name: string): Effect.Effect<ClientTool, ToolMissing> =>
  Effect.flatMap(tools, ({ clients }) => named(name, clients[name]))

/** The oldest Node.js or Deno that is supported. */
export const leastRuntime = (runtime: "node" | "deno"): Effect.Effect<string, ToolMissing> =>
  Effect.flatMap(tools, ({ leastRuntimes }) => named(`the oldest ${runtime}`, leastRuntimes?.[runtime]?.bin))

/** OpenBao, or a Vault that was there. */
export const openBaoTool: Effect.Effect<{ readonly bin: string }, ToolMissing> = Effect.flatMap(
  tools,
  ({ openbao }) => named("OpenBao", openbao ?? undefined)
)
