import { Effect, FileSystem, Schema } from "effect"
import { fieldErrors, inOneLine } from "../../src/logic/fieldErrors.ts"
import { failedWith } from "./api.ts"

export const readText = Effect.fnUntraced(function*(path: string) {
  const files = yield* FileSystem.FileSystem
  return yield* Effect.mapError(files.readFileString(path), ({ message }) => failedWith(`${path}: ${message}`))
})

/** Reads a JSON file that a person wrote. Fields that `schema` does not have are refused, too. */
export const inputFile = <A, I>(schema: Schema.Codec<A, I>) => {
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema), { errors: "all", onExcessProperty: "error" })
  return Effect.fnUntraced(function*(path: string) {
    const text = yield* readText(path)
    return yield* decode(text).pipe(
      Effect.mapError((error) => failedWith(`${path}: ${inOneLine(fieldErrors(error.issue))}`))
    )
  })
}
