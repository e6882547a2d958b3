// The least that can deliver alerts out of a queue: reads a stream, posts each over a kept connection, and acknowledges
// and deletes in one transaction what arrived in one turn. 16 requests at once. No order, no leases, no limit, no
// breaker.
import { Redis } from "ioredis"
import { Agent, request } from "node:http"

const [redisUrl = "", stream = "", platformPort = "0"] = process.argv.slice(2)
const group = "bare"
const atOnce = 16
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
const redis = new Redis(redisUrl)
const own = new Redis(redisUrl)

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

let inFlight = 0
let wake = () => {}
let done: Array<string> = []

const flush = () => {
  const ids = done
  done = []
  void redis.multi().xack(stream, group, ...ids).xdel(stream, ...ids).exec()
}

await redis.xgroup("CREATE", stream, group, "0", "MKSTREAM")
process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
for (;;) {
  if (inFlight >= atOnce) await new Promise<void>((resolve) => wake = resolve)
  const reply = await own.xreadgroup(
    "GROUP",
    group,
    "a",
    "COUNT",
    atOnce - inFlight,
    "BLOCK",
    1_000,
    "STREAMS",
    stream,
    ">"
  ) as Reply
  for (const [id, fields] of reply?.[0]?.[1] ?? []) {
    inFlight++
    void deliver(fields[1] ?? "").then(() => {
      inFlight--
      if (done.push(id) === 1) setImmediate(flush)
      wake()
    })
  }
}
