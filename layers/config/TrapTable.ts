import { Config, Context, Effect, FileSystem, Layer, Schema } from "effect"
import { parseTrapNames, type TrapNames } from "../../src/decode/fields/trapNames.ts"
import { optionalSetting } from "../environment/setting.ts"

/** The file of names can't be used. Every problem is listed, with its line. */
export class TrapTableInvalid extends Schema.TaggedError<TrapTableInvalid>()("TrapTableInvalid", {
  path: Schema.String,
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return `MUTT_TRAP_NAMES: ${this.path} cannot be used:\n${
      this.problems.map((problem) => `  - ${problem}`).join("\n")
    }`
  }
}

/** Names of traps and variables that this site adds to those of common MIBs. */
export const TrapTable = Context.Reference<TrapNames | undefined>("mutt/layers/config/TrapTable", {
  defaultValue: () => undefined
})

export const trapNamesPath = optionalSetting("MUTT_TRAP_NAMES", Config.NonEmptyString)

/** Reads the file once, as a program starts. */
export const TrapTableLayer = (path: string | undefined) =>
  Layer.effect(
    TrapTable,
    Effect.gen(function*() {
      if (path === undefined) return undefined
      const files = yield* FileSystem.FileSystem
      const text = yield* Effect.mapError(
        files.readFileString(path),
        ({ reason }) => new TrapTableInvalid({ path, problems: [`the file cannot be read: ${reason._tag}`] })
      )
      const read = parseTrapNames(text)
      if (read.ok) return read.names
      return yield* new TrapTableInvalid({
        path,
        problems: read.problems.map(({ line, problem }) => `line ${line}: ${problem}`)
      })
    })
  )
