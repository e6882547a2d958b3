import { Effect, FileSystem, Option } from "effect"
import { timeZone } from "../../src/decode/fields/timeZone.ts"
import { parseTrapNames } from "../../src/decode/fields/trapNames.ts"
import { isCharset, textReader } from "../../src/decode/framing/charset.ts"
import { CommandFailed } from "./api.ts"
import { blocksOf, jsonOf } from "./decodedText.ts"
import { type DecodeOptions, LineDecoder } from "./decodeLines.ts"

type Given = Pick<DecodeOptions, "peer" | "now" | "format" | "datagrams"> & {
  readonly json: boolean
  readonly timeZone: Option.Option<string>
  readonly charset: Option.Option<string>
  readonly trapNames: Option.Option<string>
}

/** Makes a decoder that answers in text, or says which option cannot be used. */
export const lineDecoder = Effect.fnUntraced(function*(given: Given) {
  const zone = Option.map(given.timeZone, timeZone)
  if (Option.isSome(zone) && zone.value === undefined) {
    return yield* new CommandFailed({ message: "--time-zone: expected an IANA name, such as Europe/Berlin" })
  }
  const charset = Option.getOrUndefined(given.charset)
  if (charset !== undefined && !isCharset(charset)) {
    return yield* new CommandFailed({ message: "--charset: expected a label, such as windows-1252, gbk or shift_jis" })
  }
  const decoder = new LineDecoder({
    ...given,
    read: textReader(charset),
    zone: Option.getOrUndefined(zone),
    trapNames: Option.isNone(given.trapNames) ? undefined : yield* readTrapNames(given.trapNames.value)
  })
  const shown = given.json ? jsonOf : blocksOf
  return {
    push: (bytes: Uint8Array) => shown(decoder.push(bytes)),
    end: () => shown(decoder.end())
  }
})

const readTrapNames = Effect.fnUntraced(function*(path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    files.readFileString(path),
    ({ reason }) => new CommandFailed({ message: `--trap-names: ${path} cannot be read: ${reason._tag}` })
  )
  const read = parseTrapNames(text)
  if (read.ok) return read.names
  const problems = read.problems.map(({ line, problem }) => `  line ${line}: ${problem}`)
  return yield* new CommandFailed({ message: `--trap-names: ${path} cannot be used:`, more: problems })
})
