import { Effect, FileSystem, Result, Schema } from "effect"
import { fieldErrors, inOneLine } from "../../src/logic/fieldErrors.ts"
import { failedWith } from "./api.ts"

export const readText = Effect.fnUntraced(function*(path: string) {
  const files = yield* FileSystem.FileSystem
  return yield* Effect.mapError(files.readFileString(path), ({ message }) => failedWith(`${path}: ${message}`))
})

/** Reads a file that a person wrote, YAML or JSON. Fields that `schema` does not have are refused. */
export const inputFile = <A, I>(schema: Schema.Codec<A, I>) => {
  const decode = Schema.decodeUnknownEffect(schema, { errors: "all", onExcessProperty: "error" })
  return Effect.fnUntraced(function*(path: string) {
    const text = yield* readText(path)
    // Loaded when it is wanted: few commands read YAML.
    const { yamlSource } = yield* Effect.promise(() => import("../../src/rulefile/yamlSource.ts"))
    const source = yamlSource(text)
    if (Result.isFailure(source)) {
      const [first] = source.failure
      return yield* failedWith(`${path}:${first?.line ?? 1}:${first?.column ?? 1}: ${first?.message ?? ""}`)
    }
    return yield* decode(source.success.value).pipe(
      Effect.mapError((error) => failedWith(`${path}: ${inOneLine(fieldErrors(error.issue))}`))
    )
  })
}
