import { Effect, Schema } from "effect"
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { goInstall } from "../../bench/goInstall.ts"
import { run } from "../../stack/Command.ts"
import { stateFolder } from "../../stack/Paths.ts"
import { cloudNativePg, operatorKinds } from "./operatorKinds.ts"

/** A CustomResourceDefinition, as its operator has it. */
export interface Definition {
  readonly kind: string
  /** Whose it is. */
  readonly module: string
  readonly text: string
}

const Downloaded = Schema.fromJsonString(Schema.Struct({ Dir: Schema.String }))

/** The folder of a Go module of this version; Go compares what it fetches with the public list of checksums. */
const moduleFolder = (module: string) =>
  run("go", ["mod", "download", "-json", module]).pipe(
    Effect.flatMap(Schema.decodeEffect(Downloaded)),
    Effect.map(({ Dir }) => Dir),
    Effect.mapError(({ message }) => message)
  )

const ofCloudNativePg = Effect.gen(function*() {
  const { file, generator, kind, module, types } = cloudNativePg
  const generate = yield* goInstall(generator)
  const folder = join(stateFolder, "cache/go/cloudnative-pg")
  mkdirSync(folder, { recursive: true })
  const args = ["crd:maxDescLen=0", `paths=${types}`, `output:crd:dir=${folder}`]
  yield* Effect.mapError(run(generate, args, { cwd: yield* moduleFolder(module) }), ({ message }) => message)
  return { kind, module, text: readFileSync(join(folder, file), "utf8") }
})

/** The definitions of every kind of operators that is used here, from their Go modules. Fails with what went wrong. */
export const definitions: Effect.Effect<ReadonlyArray<Definition>, string> = Effect.gen(function*() {
  const published = yield* Effect.forEach(
    operatorKinds,
    ({ file, kind, module }) =>
      Effect.map(moduleFolder(module), (folder) => ({ kind, module, text: readFileSync(join(folder, file), "utf8") }))
  )
  return [...published, yield* ofCloudNativePg]
})
