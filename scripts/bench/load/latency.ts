// Both ends of the pipeline in one process, so that one clock times it: posts numbered events at a steady rate, and is
// the platform that they arrive at. Prints its port; then, for each line of JSON it is told, one line of JSON with the
// result.
import { once } from "node:events"
import { Agent, createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import { createInterface } from "node:readline"
import { quantile } from "../statistics.ts"

export interface LatencyLoad {
  readonly port: number
  readonly path: string
  readonly key: string
  readonly perSecond: number
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface LatencyResult {
  readonly sent: number
  readonly arrived: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })
const contexts = new Map<number, number>()
let arrived = () => {}

const sink = createServer((incoming, response) => {
  const chunks: Array<Buffer> = []
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
  incoming.on("end", () => {
    const now = performance.now()
    const number = Number(/probe #(\d+)#/.exec(Buffer.concat(chunks).toString("latin1"))?.[1] ?? -1)
    if (!contexts.has(number)) contexts.set(number, now)
    arrived()
    response.writeHead(200, { "content-length": 2 })
    response.end("{}")
  })
})

const post = (load: LatencyLoad, number: number) => {
  const body = JSON.stringify({
    hostname: `edge-${number % 500}.example.net`,
    timestamp: new Date().toISOString(),
    message: `%BENCH-3-PROBE: latency probe #${number}# on GigabitEthernet0/1`,
    syslog_severity: "err"
  })
  const sending = request({
    port: load.port,
    host: "127.0.0.1",
    path: load.path,
    method: "POST",
    agent,
    headers: { "x-api-key": load.key, "content-type": "application/json", "content-length": Buffer.byteLength(body) }
  }, (response) => response.resume())
  sending.on("error", () => {})
  sending.end(body)
}

const run = async (load: LatencyLoad): Promise<LatencyResult> => {
  const sent: Array<number> = []
  contexts.clear()
  const total = Math.round(load.perSecond * (load.warmUpMs + load.measureMs) / 1_000)
  const from = performance.now()
  while (sent.length < total) {
    const due = Math.min(total, Math.floor((performance.now() - from) * load.perSecond / 1_000))
    while (sent.length < due) {
      sent.push(performance.now())
      post(load, sent.length - 1)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const deadline = performance.now() + 10_000
  while (contexts.size < total && performance.now() < deadline) {
    await new Promise<void>((resolve) => {
      arrived = resolve
      setTimeout(resolve, 100)
    })
  }
  arrived = () => {}
  const warm = Math.round(load.perSecond * load.warmUpMs / 1_000)
  const waits = sent.flatMap((at, number) => {
    const context = contexts.get(number)
    return number < warm || context === undefined ? [] : [context - at]
  }).sort((a, b) => a - b)
  return {
    sent: total,
    arrived: contexts.size,
    p50Ms: quantile(waits, 0.5),
    p95Ms: quantile(waits, 0.95),
    p99Ms: quantile(waits, 0.99),
    maxMs: waits.at(-1) ?? Number.NaN
  }
}

sink.listen(0, "127.0.0.1")
await once(sink, "listening")
const { port } = sink.address() as AddressInfo
process.stdout.write(`${JSON.stringify({ port })}\n`)
for await (const line of createInterface(process.stdin)) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`)
}
process.exit(0)
