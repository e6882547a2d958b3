import { Effect, FileSystem, Path } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { ProgramIndex } from "../../../layers/http/CommonRoutes.ts"
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

/** Does the client want JSON? Browsers name HTML and `curl` takes anything: both get the page. */
const wantsJson = (accept: string | undefined): boolean =>
  accept !== undefined && accept.includes("application/json") && !accept.includes("text/html")

/** Serves the console at `/`, read once from three files. A client that accepts only JSON gets the program's index. */
export const Page = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const index = yield* ProgramIndex
  for (const [route, [name, contentType]] of Object.entries(files)) {
    const file = yield* path.fromFileUrl(new URL(name, folder))
    const text = yield* fs.readFileString(file)
    const answer = yield* staticFile(text, { contentType, headers: { "content-security-policy": policy } })
    yield* router.add("GET", route as `/${string}`, route === "/" ? indexOr(answer, index) : answer)
  }
}))

const indexOr = <R>(page: Effect.Effect<Response, never, R>, index: Effect.Effect<Response>) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
    Effect.map(
      wantsJson(headers["accept"]) ? index : page,
      (answer) => HttpServerResponse.setHeader(answer, "vary", "accept, accept-encoding")
    ))

type Response = HttpServerResponse.HttpServerResponse
