import { Config, Effect, FileSystem, Layer, Option, Path } from "effect"
import { bad, type ConfigFinding, good } from "../../src/domain/ConfigFinding.ts"
import { TrapTableLayer } from "../config/TrapTable.ts"
import type { Environment, TlsSettings } from "../environment/Environment.ts"
import { authoritiesIn } from "../tls/authorityFile.ts"
import { certificateFinding, wholeDays } from "./certificateItems.ts"
import { type FileUse, type NamedFile, namedFiles } from "./namedFiles.ts"

const item = "files"
/** No file of certificates or of one secret is longer. */
const longest = 1_048_576

interface Asked {
  readonly setting: string
  readonly path: string
  readonly key: string | undefined
  readonly warnDays: number
}

type Look = (asked: Asked) => Effect.Effect<ConfigFinding, never, FileSystem.FileSystem | Path.Path>

const textOf = Effect.fnUntraced(function*(path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.result(
    files.stat(path).pipe(
      Effect.filterOrFail(({ size }) => Number(size) <= longest, () => `it is longer than ${longest} bytes`),
      Effect.andThen(files.readFileString(path))
    )
  )
  if (text._tag === "Success") return text.success
  const { failure } = text
  return { why: typeof failure === "string" ? failure : `it cannot be read (${failure.reason._tag})` }
})

const authorities: Look = ({ path, setting, warnDays }) =>
  Effect.gen(function*() {
    const named = `${setting}: ${path}`
    const text = yield* textOf(path)
    if (typeof text !== "string") return bad(item, `${named}: ${text.why}`, `correct ${setting}, or take it away`)
    const found = authoritiesIn(text)
    const last = found?.reduce((most, { expiresAt }) => Math.max(most, expiresAt), 0) ?? 0
    if (found === undefined || last === 0) {
      return bad(
        item,
        `${named} holds no certificate that can be read`,
        "put the authority's certificate there, as PEM"
      )
    }
    const days = yield* wholeDays(last)
    if (days < warnDays) {
      return bad(
        item,
        days < 0 ? `all in ${path} have expired` : `the last in ${path} is good for ${days} days more`,
        `put its successor into the file of ${setting}, beside it`
      )
    }
    return good(item, `${named}: ${found.length} in it, the last good for ${days} days`)
  })

const certificate: Look = ({ key, path, setting, warnDays }) =>
  key === undefined
    ? Effect.succeed(bad(item, `${setting}: ${path} has no key`, `set the key of ${setting}`))
    : certificateFinding(
      item,
      { certFile: path, keyFile: key, clientCaFile: undefined, warnDays },
      `correct ${setting} and its key`
    )

const secret: Look = ({ path, setting }) =>
  Effect.map(textOf(path), (text) =>
    typeof text !== "string"
      ? bad(item, `${setting}: ${path}: ${text.why}`, `correct ${setting}, or let the program's user read it`)
      : text.trim() === ""
      ? bad(item, `${setting}: ${path} is empty`, "put the secret there")
      : good(item, `${setting}: ${path}`))

const trapNames: Look = ({ path, setting }) =>
  Effect.scoped(Layer.build(TrapTableLayer(path))).pipe(
    Effect.match({
      onFailure: ({ problems: [first, ...more] }) =>
        bad(
          item,
          `${setting}: ${path}: ${first}${more.length === 0 ? "" : `, and ${more.length} lines more`}`,
          "mutt decode --trap-names shows every line that is wrong; correct them, or the program does not start"
        ),
      onSuccess: () => good(item, `${setting}: ${path}`)
    })
  )

/** Whoever replaces a file writes into its folder; whoever adds to one that is there does not. */
const written = (isReplaced: boolean): Look => ({ path, setting }) =>
  Effect.gen(function*() {
    const [files, paths] = [yield* FileSystem.FileSystem, yield* Path.Path]
    const may = (what: string) => Effect.isSuccess(files.access(what, { writable: true, readable: true }))
    const folder = paths.dirname(paths.resolve(path))
    const isThere = yield* Effect.orElseSucceed(files.exists(path), () => false)
    if (isThere && !(yield* may(path))) {
      return bad(item, `${setting}: this user may not write ${path}`, "give it to the program's user")
    }
    if ((isReplaced || !isThere) && !(yield* may(folder))) {
      return bad(
        item,
        `${setting}: this user may not write into ${folder}, or it is not there`,
        `make it, for the program's user, or correct ${setting}`
      )
    }
    return good(item, `${setting}: ${path}${isThere ? "" : ", which the program makes"}`)
  })

const console: Look = ({ path, setting }) =>
  Effect.gen(function*() {
    const [files, paths] = [yield* FileSystem.FileSystem, yield* Path.Path]
    return (yield* Effect.orElseSucceed(files.exists(paths.join(path, "index.html")), () => false))
      ? good(item, `${setting}: ${path}`)
      : bad(
        item,
        `${setting}: ${path} holds no console`,
        `take ${setting} away, or name the folder that npm run console made`
      )
  })

const looks: Readonly<Record<FileUse, Look>> = {
  authorities,
  certificate,
  secret,
  "trap names": trapNames,
  replaced: written(true),
  appended: written(false),
  console
}

const valueOf = (name: string) => Effect.map(Config.option(Config.NonEmptyString(name)), Option.getOrUndefined)

const findingOf = ({ key, setting, standard, use }: NamedFile, { warnDays }: Pick<TlsSettings, "warnDays">) =>
  Effect.gen(function*() {
    const path = (yield* valueOf(setting)) ?? standard
    if (path === undefined) return []
    return [yield* looks[use]({ setting, path, key: key === undefined ? undefined : yield* valueOf(key), warnDays })]
  }).pipe(Effect.catch((error) => Effect.succeed([bad(item, error.message, `correct ${setting}`)])))

/** Each file that a setting names can be used as that setting uses it. */
export const fileItems = (fixed: Environment["Service"]) =>
  Effect.map(
    Effect.forEach(
      namedFiles.filter(({ isUsed }) => isUsed(fixed)),
      (file) => findingOf(file, { warnDays: fixed.tls?.warnDays ?? 14 })
    ),
    (found) => found.flat()
  )
