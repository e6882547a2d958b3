import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServer } from "effect/http"
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { brotliCompressSync, gzipSync } from "node:zlib"
import { call, running, runningWith, Stores } from "./harness.ts"

const script = "console.log(\"a console\")\n".repeat(50)

/** As the build leaves it: a shell with a place for the nonce, and files with a hash in their names. */
const built = () => {
  const folder = mkdtempSync(join(tmpdir(), "mutt-console-"))
  mkdirSync(join(folder, "assets"))
  writeFileSync(
    join(folder, "index.html"),
    "<meta property=\"csp-nonce\" nonce=\"%NONCE%\"><script src=\"app-1a2b.js\">"
  )
  writeFileSync(join(folder, "assets/app-1a2b.js"), script)
  writeFileSync(join(folder, "assets/app-1a2b.js.br"), brotliCompressSync(script))
  writeFileSync(join(folder, "assets/app-1a2b.js.gz"), gzipSync(script))
  return folder
}

const get = (path: string, headers: Record<string, string> = {}) => call("GET", path, { key: "", headers })

/** Without following where it leads. */
const rawStatus = (path: string) =>
  Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
    Effect.promise(async () => {
      const port = "port" in address ? address.port : 0
      const { headers, status } = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual" })
      return [status, headers.get("location")]
    }))

const Built = runningWith(Stores, { pageMaxBytes: 4_194_304, consoleFolder: built() })

layer(Built, { excludeTestServices: true })("the console that was built", (it) => {
  it.effect("is where / leads", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* rawStatus("/"), [302, "/console/"])
      assert.deepStrictEqual(yield* rawStatus("/console"), [302, "/console/"])
    }))

  it.effect("is the same shell at the address of each page, under a policy with a nonce of its own", () =>
    Effect.gen(function*() {
      const nonces = new Set<string>()
      for (const path of ["/console/", "/console/events", "/console/dead-letters"]) {
        const { body, headers, status } = yield* get(path)
        const [, nonce = ""] = /nonce="([^"]+)"/.exec(String(body)) ?? []
        assert.deepStrictEqual([status, headers["cache-control"]], [200, "no-store"], path)
        const policy = headers["content-security-policy"] ?? ""
        assert.include(policy, `style-src 'self' 'nonce-${nonce}'`)
        assert.include(policy, "default-src 'none'; script-src 'self'")
        assert.include(policy, "require-trusted-types-for 'script'; trusted-types console")
        assert.notMatch(policy, /unsafe|https?:/)
        assert.strictEqual(headers["cross-origin-opener-policy"], "same-origin")
        nonces.add(nonce)
      }
      assert.strictEqual(nonces.size, 3)
    }))

  it.effect("sends its files in the form that the browser takes, to be kept for good", () =>
    Effect.gen(function*() {
      const path = "/console/assets/app-1a2b.js"
      for (const [accept, encoding] of [["br, gzip", "br"], ["gzip", "gzip"], ["identity", undefined]] as const) {
        const { headers, status } = yield* get(path, { "accept-encoding": accept })
        assert.deepStrictEqual([status, headers["content-encoding"]], [200, encoding], accept)
        assert.match(headers["cache-control"] ?? "", /immutable/)
        assert.strictEqual(headers["vary"], "accept-encoding")
        assert.match(headers["content-type"] ?? "", /^text\/javascript/)
      }
    }))

  it.effect("has nothing else below its address", () =>
    Effect.gen(function*() {
      for (const path of ["/console/assets/app-9.js", "/console/assets/", "/console/events/more"]) {
        assert.strictEqual((yield* get(path)).status, 404, path)
      }
    }))
})

layer(running(Stores), { excludeTestServices: true })("a web-ui without a built console", (it) => {
  it.effect("says what to run, and answers the API all the same", () =>
    Effect.gen(function*() {
      const answer = yield* get("/console/")
      assert.strictEqual(answer.status, 503)
      assert.include(answer.body.detail, "npm run console")
      assert.strictEqual((yield* call("GET", "/api/v1/rules")).status, 200)
    }))
})
