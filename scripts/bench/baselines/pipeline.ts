// The least that can carry an event from a request to the platform through a queue, a table and another queue: three
// loops in one process.
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { Redis } from "ioredis"
import { Agent, createServer, request } from "node:http"
import type { AddressInfo } from "node:net"

const [redisUrl = "", postgresUrl = "", platformPort = "0"] = process.argv.slice(2)
const events = "bench:{pipeline}:events"
const alerts = "bench:{pipeline}:alerts"
const group = "bare"
const agent = new Agent({ keepAlive: true, maxSockets: 64 })
const redis = new Redis(redisUrl, { enableAutoPipelining: true })

const deliver = (body: string) =>
  new Promise<void>((resolve, reject) => {
    const sending = request({
      port: Number(platformPort),
      host: "127.0.0.1",
      path: "/events",
      method: "POST",
      agent,
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) }
    }, (response) => response.resume().on("end", resolve))
    sending.on("error", reject)
    sending.end(body)
  })

type Reply = ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, ReadonlyArray<string>]>]> | null

/** Reads a stream for ever and hands each batch to `work`. */
const loop = async (stream: string, work: (ids: Array<string>, payloads: Array<string>) => Promise<unknown>) => {
  const own = new Redis(redisUrl)
  for (;;) {
    const reply = await own.xreadgroup(
      "GROUP",
      group,
      "a",
      "COUNT",
      1_000,
      "BLOCK",
      1_000,
      "STREAMS",
      stream,
      ">"
    ) as Reply
    const entries = reply?.[0]?.[1] ?? []
    if (entries.length > 0) await work(entries.map(([id]) => id), entries.map(([, fields]) => fields[1] ?? ""))
  }
}

const main = Effect.gen(function*() {
  const pg = yield* PgClient.PgClient
  yield* pg`CREATE TABLE IF NOT EXISTS bench_audit (id uuid PRIMARY KEY, at timestamptz NOT NULL, raw text NOT NULL)`
  const insert = (payloads: Array<string>) =>
    Effect.runPromise(pg.unsafe(
      "INSERT INTO bench_audit SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[])",
      [payloads.map(() => crypto.randomUUID()), payloads.map(() => new Date().toISOString()), payloads]
    ))
  yield* Effect.promise(() =>
    Promise.all(
      [events, alerts].map((stream) => redis.xgroup("CREATE", stream, group, "$", "MKSTREAM").catch(() => ""))
    )
  )
  void loop(events, async (ids, payloads) => {
    await insert(payloads)
    const transaction = redis.multi().xack(events, group, ...ids).xdel(events, ...ids)
    for (const payload of payloads) transaction.xadd(alerts, "*", "e", payload)
    await transaction.exec()
  })
  void loop(alerts, (ids, payloads) =>
    Promise.all(payloads.map(async (payload, index) => {
      await deliver(payload)
      const id = ids[index] ?? ""
      await Promise.all([redis.xack(alerts, group, id), redis.xdel(alerts, id)])
    })))
  const server = createServer((incoming, response) => {
    const chunks: Array<Buffer> = []
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
    incoming.on("end", () => {
      const event = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString("utf8")))
      redis.xadd(events, "*", "e", event).then(() => {
        response.writeHead(200, { "content-length": 2 })
        response.end("{}")
      }, () => response.writeHead(503).end())
    })
  })
  server.listen(0, "127.0.0.1", () => {
    process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`)
  })
  return yield* Effect.never
}).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(postgresUrl), maxConnections: 2, ssl: false })))

Effect.runPromise(main).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exit(1)
})
