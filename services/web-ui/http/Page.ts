import { Effect, FileSystem, Path } from "effect"
import { HttpRouter } from "effect/http"
import { staticFile } from "../../../layers/http/StaticFile.ts"

const folder = new URL("../public/", import.meta.url)

const files = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/console.js": ["console.js", "text/javascript; charset=utf-8"],
  "/console.css": ["console.css", "text/css; charset=utf-8"]
} as const

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'"
].join("; ")

/** The page at `/`: three files, read once. */
export const Page = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (const [route, [name, contentType]] of Object.entries(files)) {
    const file = yield* path.fromFileUrl(new URL(name, folder))
    const text = yield* fs.readFileString(file)
    const answer = yield* staticFile(text, { contentType, headers: { "content-security-policy": policy } })
    yield* router.add("GET", route as `/${string}`, answer)
  }
}))
