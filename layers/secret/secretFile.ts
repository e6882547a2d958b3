import { Effect, type FileSystem, type PlatformError, Schema } from "effect"
import { SecretStoreUnavailable } from "./SecretStore.ts"

/** Bytes. */
const sizeLimit = 1_048_576
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))

/** Reads a file of secrets: one flat JSON object of names and texts. */
export const secretFile = (files: FileSystem.FileSystem, path: string) => {
  const unavailable = (detail: string) => new SecretStoreUnavailable({ store: `file ${path}`, detail })
  const broken = (what: string) => (error: PlatformError.PlatformError) =>
    unavailable(`The file cannot be ${what}: ${error.reason._tag}.`)

  const readText = Effect.fnUntraced(function*(check?: (info: FileSystem.File.Info) => string | undefined) {
    const info = yield* Effect.mapError(files.stat(path), broken("read"))
    const problem = check?.(info)
    if (problem !== undefined) return yield* unavailable(problem)
    if (Number(info.size) > sizeLimit) return yield* unavailable(`The file is larger than ${sizeLimit} bytes.`)
    return yield* Effect.mapError(files.readFileString(path), broken("read"))
  })
  const parse = (text: string) =>
    Effect.mapError(decode(text), () => unavailable("The file is not one flat JSON object of names and texts."))

  return { broken, readText, parse }
}
