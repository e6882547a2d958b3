import { Effect, Schema } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { stateFolder } from "../stack/Paths.ts"

/** What `scripts/bootstrap.sh --deploy` found on this machine. */
const DeployTools = Schema.Struct({
  tools: Schema.Record(Schema.String, Schema.String),
  missing: Schema.Array(Schema.Struct({ tool: Schema.String, because: Schema.String, get: Schema.String }))
})
export type DeployTools = typeof DeployTools.Type

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(DeployTools))

/** Without a list nothing was found, and each check says so. */
export const deployTools: Effect.Effect<DeployTools> = Effect.try(() =>
  readFileSync(join(stateFolder, "deploy-tools.json"), "utf8")
).pipe(
  Effect.flatMap(decode),
  Effect.orElseSucceed(() => ({ tools: {}, missing: [] }))
)

/** Why a tool is not there, and what brings it. */
export const whyMissing = ({ missing }: DeployTools, name: string): string => {
  const known = missing.find(({ tool }) => tool === name)
  return known === undefined ? `${name} is not here: bash scripts/bootstrap.sh --deploy` : `${name}: ${known.because}`
}
