import { Effect, FileSystem, Schema } from "effect"
import { fieldErrors, inOneLine } from "../../src/logic/fieldErrors.ts"
import { failedWith } from "./api.ts"

export const readText = Effect.fnUntraced(function*(path: string) {
  const files = yield* FileSystem.FileSystem
  return yield* Effect.mapError(files.readFileString(path), ({ message }) => failedWith(`${path}: ${message}`))
})

const strict = { errors: "all", onExcessProperty: "error" } as const

/** Reads a file that a person wrote: YAML by its ending, else JSON. Fields that `schema` does not have are refused. */
export const inputFile = <A, I>(schema: Schema.Codec<A, I>) => {
  const fromJson = Schema.decodeUnknownEffect(Schema.fromJsonString(schema), strict)
  const fromValue = Schema.decodeUnknownEffect(schema, strict)
  return Effect.fnUntraced(function*(path: string) {
    const text = yield* readText(path)
    const decoded = /\.ya?ml$/i.test(path) ? fromValue(yield* readYaml(path, text)) : fromJson(text)
    return yield* decoded.pipe(
      Effect.mapError((error) => failedWith(`${path}: ${inOneLine(fieldErrors(error.issue))}`))
    )
  })
}

/** Loaded when it is wanted: few commands read YAML. */
const readYaml = Effect.fnUntraced(function*(path: string, text: string) {
  const { fromYaml } = yield* Effect.promise(() => import("./yaml.ts"))
  return yield* fromYaml(path, text)
})
