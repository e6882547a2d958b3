import { Effect } from "effect"
import { Base64 } from "effect/encoding"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { ProgramIndex } from "../../../layers/http/CommonRoutes.ts"
import { problem } from "../../../layers/http/problem.ts"
import { randomBytes } from "../../../layers/random/secureRandom.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { consoleFile, readConsoleBuild } from "./ConsoleFiles.ts"

/** Lets the page run its own files and nothing else. `nonce` is good for the styles of one answer. */
const policy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types console"
  ].join("; ")

const guards = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff"
}

const notBuilt = problem({
  status: 503,
  _tag: "Unavailable",
  detail:
    "The console is not built here. Run: npm run console, then start the web-ui again. The API is at /api/v1, and /docs shows it."
})

/** Does the client want JSON? Browsers name HTML and `curl` takes anything: both get the console. */
const wantsJson = (accept: string | undefined): boolean =>
  accept !== undefined && accept.includes("application/json") && !accept.includes("text/html")

const toConsole = HttpServerResponse.redirect("/console/", { headers: { vary: "accept" } })

/**
 * Serves the console below `/console/`: each of its addresses is the same shell, and the script decides. `/` leads
 * there; a client that takes only JSON gets the program's index.
 */
export const Console = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const index = yield* ProgramIndex
  const { consoleFolder } = yield* WebUiSettings
  const build = yield* readConsoleBuild(consoleFolder)

  const shell = Effect.sync(() => {
    if (build === undefined) return notBuilt
    const nonce = Base64.encode(randomBytes(16))
    return HttpServerResponse.text(build.shell.replaceAll("%NONCE%", nonce), {
      contentType: "text/html; charset=utf-8",
      headers: { ...guards, "cache-control": "no-store", "content-security-policy": policy(nonce) }
    })
  })
  yield* router.add(
    "GET",
    "/",
    Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
      wantsJson(headers["accept"])
        ? Effect.map(index, (answer) => HttpServerResponse.setHeader(answer, "vary", "accept"))
        : Effect.succeed(toConsole))
  )
  yield* router.add("GET", "/console", Effect.succeed(toConsole))
  for (const file of build?.files ?? []) {
    yield* router.add("GET", `/console/assets/${file.name}`, consoleFile(file))
  }
  yield* router.add("GET", "/console/", shell)
  // Which pages there are the script knows; it says so at an address that none has.
  yield* router.add("GET", "/console/:page", shell)
}))
