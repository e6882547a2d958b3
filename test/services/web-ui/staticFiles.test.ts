import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServer } from "effect/http"
import { type IncomingHttpHeaders, request } from "node:http"
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { running, Stores } from "./harness.ts"

interface Raw {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What comes over the wire, unpacked by nobody. */
const raw = (path: string, headers: Record<string, string> = {}) =>
  Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
    Effect.callback<Raw, Error>((resume) => {
      const port = "port" in address ? address.port : 0
      request({ port, path, headers }, (response) => {
        const chunks: Array<Buffer> = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("end", () =>
          resume(Effect.succeed({
            status: response.statusCode,
            headers: response.headers,
            body: Buffer.concat(chunks)
          })))
      }).on("error", (error) => resume(Effect.fail(error))).end()
    }))

const paths = ["/docs", "/openapi.json"]

layer(running(Stores), { excludeTestServices: true })("what never changes", (it) => {
  it.effect("is sent packed in the best way that the client knows, and is the same text in each", () =>
    Effect.gen(function*() {
      for (const path of paths) {
        const plain = yield* raw(path)
        assert.deepStrictEqual([plain.status, plain.headers["content-encoding"]], [200, undefined], path)
        const br = yield* raw(path, { "accept-encoding": "gzip, deflate, br" })
        assert.strictEqual(br.headers["content-encoding"], "br", path)
        assert.isTrue(brotliDecompressSync(br.body).equals(plain.body), path)
        const gzip = yield* raw(path, { "accept-encoding": "br;q=0, GZIP;q=0.5" })
        assert.strictEqual(gzip.headers["content-encoding"], "gzip", path)
        assert.isTrue(gunzipSync(gzip.body).equals(plain.body), path)
        assert.isBelow(br.body.length, plain.body.length / 2, path)
        for (const one of [plain, br, gzip]) assert.strictEqual(one.headers["vary"], "accept-encoding", path)
        assert.lengthOf(new Set([plain, br, gzip].map(({ headers }) => headers["etag"])), 3, path)
      }
    }))

  it.effect("is not sent again to who has it", () =>
    Effect.gen(function*() {
      for (const path of paths) {
        for (const coding of [{}, { "accept-encoding": "br" }]) {
          const first = yield* raw(path, coding)
          const etag = first.headers["etag"] ?? ""
          assert.match(etag, /^"[\w-]+"$/)
          assert.strictEqual(first.headers["cache-control"], "no-cache")
          for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
            const again = yield* raw(path, { ...coding, "if-none-match": known })
            assert.deepStrictEqual([again.status, again.body.length, again.headers["etag"]], [304, 0, etag], path)
          }
          const other = yield* raw(path, { ...coding, "if-none-match": "\"other\"" })
          assert.deepStrictEqual([other.status, other.body.length], [200, first.body.length], path)
        }
      }
    }))
})
