// The least that can take events in honestly: `node:http`, `JSON.parse`, one XADD an event. One request an event uses
// ioredis' auto-pipelining; NDJSON uses one pipeline a request.
import { Redis } from "ioredis"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const redis = new Redis(process.argv[2] ?? "", { enableAutoPipelining: true })
const stream = process.argv[3] ?? "bench:{bare}"
const ok = { "content-type": "application/json" }

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const text = Buffer.concat(chunks).toString("utf8")
    const records = request.headers["content-type"] === "application/x-ndjson" ? text.split("\n") : [text]
    const texts = records.map((record) => JSON.stringify({ ...JSON.parse(record), received: true }))
    const first = texts[0] ?? ""
    const stored: Promise<unknown> = texts.length === 1
      ? redis.xadd(stream, "*", "e", first)
      : texts.reduce((pipeline, event) => pipeline.xadd(stream, "*", "e", event), redis.pipeline()).exec()
    stored.then(() => {
      const body = JSON.stringify({ status: "queued", accepted: texts.length })
      response.writeHead(200, { ...ok, "content-length": Buffer.byteLength(body) })
      response.end(body)
    }, (error: Error) => {
      response.writeHead(503)
      response.end(error.message)
    })
  })
})
await redis.ping()
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ port })}\n`)
})
