import { Effect, FileSystem, Schema } from "effect"
import { fieldErrors, inOneLine } from "../../src/logic/fieldErrors.ts"
import { failedWith } from "./api.ts"

/** Reads a JSON file that a person wrote. Fields that `schema` does not have are refused, too. */
export const inputFile = <A, I>(schema: Schema.Codec<A, I>) => {
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema), { errors: "all", onExcessProperty: "error" })
  return Effect.fnUntraced(function*(path: string) {
    const files = yield* FileSystem.FileSystem
    const text = yield* files.readFileString(path).pipe(
      Effect.mapError((error) => failedWith(`${path}: ${error.message}`))
    )
    return yield* decode(text).pipe(
      Effect.mapError((error) => failedWith(`${path}: ${inOneLine(fieldErrors(error.issue))}`))
    )
  })
}
