import { Effect, FileSystem, Path } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"

/** Where the build puts the console when nobody says otherwise. */
const builtHere = new URL("../../../.mutt/console/", import.meta.url)

/** A file of the console in its forms. The build packs each file that gets smaller by it. */
interface ConsoleFile {
  readonly name: string
  readonly plain: Uint8Array
  readonly br: Uint8Array | undefined
  readonly gzip: Uint8Array | undefined
}

/** The console as it was built: the text of its shell and all other files. */
export interface ConsoleBuild {
  readonly shell: string
  readonly files: ReadonlyArray<ConsoleFile>
}

/** Reads what was built; `undefined` when there is no build. */
export const readConsoleBuild = Effect.fnUntraced(function*(folder: string | undefined) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = folder ?? (yield* path.fromFileUrl(builtHere))
  const optional = (file: string) => Effect.orElseSucceed(fs.readFile(file), () => undefined)
  const index = yield* optional(path.join(root, "index.html"))
  if (index === undefined) return undefined
  const assets = path.join(root, "assets")
  const names = (yield* fs.readDirectory(assets)).filter((name) => !/\.(?:br|gz)$/.test(name))
  const files = yield* Effect.forEach(names, (name) =>
    Effect.map(
      Effect.all([
        fs.readFile(path.join(assets, name)),
        optional(path.join(assets, `${name}.br`)),
        optional(path.join(assets, `${name}.gz`))
      ]),
      ([plain, br, gzip]): ConsoleFile => ({ name, plain, br, gzip })
    ))
  const build: ConsoleBuild = { shell: new TextDecoder().decode(index), files }
  return build
})

const types: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  json: "application/json"
}

/** Names hold a hash of what is in the file, so it never changes. */
const headers = { "cache-control": "public, max-age=31536000, immutable", vary: "accept-encoding" }

/** Serves one file in the best form that the browser takes. */
export const consoleFile = ({ br, gzip, name, plain }: ConsoleFile) => {
  const contentType = types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream"
  const form = (body: Uint8Array, encoding?: string) =>
    HttpServerResponse.uint8Array(body, {
      contentType,
      headers: encoding === undefined ? headers : { ...headers, "content-encoding": encoding }
    })
  const forms = [
    { encoding: "br", answer: br && form(br, "br") },
    { encoding: "gzip", answer: gzip && form(gzip, "gzip") }
  ]
  const identity = form(plain)
  return Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
    const parts = (request.headers["accept-encoding"] ?? "").split(",")
    const taken = new Set(parts.map((part) => part.split(";")[0]?.trim()))
    return forms.find(({ answer, encoding }) => answer !== undefined && taken.has(encoding))?.answer ?? identity
  })
}
