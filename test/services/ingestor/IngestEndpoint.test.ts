import { assert, layer } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { HttpServer } from "effect/http"
import { dial } from "../../support/wire.ts"
import { CommandedQueue, Ingestor } from "./harness.ts"

const key = "X-API-Key: ingest-key-of-tests\r\n"
const record = "{\"hostname\":\"sw1\",\"message\":\"m\"}"
const length = `Content-Length: ${record.length}\r\n`
const port = HttpServer.HttpServer.use(({ address }) => Effect.succeed("port" in address ? address.port : 0))
const stored = CommandedQueue.use(({ stored }) => Queue.take(stored))

const begin = (line: string, headers = "", body = "") =>
  Effect.flatMap(port, (port) => dial(port, `${line} HTTP/1.1\r\nHost: mutt\r\n${headers}\r\n${body}`))
const ask = (line: string, headers = "", body = "") =>
  Effect.flatMap(begin(line, headers, body), (client) => client.until("\r\n\r\n"))

layer(Ingestor(), { excludeTestServices: true })("the ingest endpoint", (it) => {
  it.effect("takes PUT as POST, a query, a whole URL, and a body of unknown length", () =>
    Effect.gen(function*() {
      const chunked = `Transfer-Encoding: chunked\r\n`
      const pieces = `${record.length.toString(16)}\r\n${record}\r\n0\r\n\r\n`
      for (
        const [line, headers, body] of [
          ["PUT /ingest", length, record],
          ["POST /api/v1/ingest?from=here", length, record],
          ["POST http://mutt/ingest", length, record],
          ["POST /ingest", chunked, pieces]
        ] as const
      ) {
        assert.match(yield* ask(line, key + headers, body), /^HTTP\/1\.1 200 [\s\S]*x-config-version: 7\r\n/i, line)
        yield* stored
      }
    }))

  it.effect("answers other methods as every path does", () =>
    Effect.gen(function*() {
      const allow = /\r\nallow: HEAD, GET, POST, PUT, OPTIONS\r\n/i
      assert.match(yield* ask("HEAD /ingest"), /^HTTP\/1\.1 200 [\s\S]*content-length: [1-9]/i)
      const options = yield* ask("OPTIONS /ingest")
      assert.match(options, /^HTTP\/1\.1 204 /)
      assert.match(options, allow)
      const removed = yield* ask("DELETE /ingest")
      assert.match(removed, /^HTTP\/1\.1 405 /)
      assert.match(removed, allow)
      assert.match(yield* ask("POST /ingest/", key + length, record), /^HTTP\/1\.1 404 /)
      assert.match(yield* ask("POST /ingest?%00", key + length, record), /^HTTP\/1\.1 400 /)
    }))

  it.effect("asks for a body that waits to be asked for, unless it is refused before", () =>
    Effect.gen(function*() {
      const expecting = `${length}Expect: 100-continue\r\n`
      const good = yield* begin("POST /ingest", key + expecting)
      yield* good.until("HTTP/1.1 100 Continue\r\n\r\n")
      good.socket.write(record)
      assert.match(yield* good.until("correlation_id"), /HTTP\/1\.1 200 /)
      yield* stored
      const refused = yield* ask("POST /ingest", expecting)
      assert.match(refused, /^HTTP\/1\.1 401 [\s\S]*\r\nwww-authenticate: Bearer/i)
      assert.match(refused, /\r\nconnection: close\r\n/i)
    }))

  it.effect("keeps a connection whose refused body ends soon, and closes one whose body does not", () =>
    Effect.gen(function*() {
      const again = yield* begin("POST /ingest", length, `${record}GET /ingest HTTP/1.1\r\nHost: mutt\r\n\r\n`)
      assert.match(yield* again.until("posted here"), /^HTTP\/1\.1 401 [\s\S]*HTTP\/1\.1 200 /)
      const endless = yield* begin("POST /ingest", "Transfer-Encoding: chunked\r\n", `${(1_048_576).toString(16)}\r\n`)
      assert.match(yield* endless.until("correlation_id"), /^HTTP\/1\.1 401 /)
      endless.socket.write("x".repeat(524_288))
      yield* endless.ended
    }))
})
