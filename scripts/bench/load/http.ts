// Posts as fast as the answers come, on some connections, each with one request in flight. A process of its own, on
// bare sockets: what the client costs is taken from the same two cores. Prints one line of JSON at the end.
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { createHistogram } from "node:perf_hooks"
import { connect as connectSecurely } from "node:tls"
import { type Record, records } from "../corpus.ts"

export interface HttpLoad {
  readonly port: number
  readonly path: string
  readonly key: string
  readonly connections: number
  /** Events in one request; 1 posts an object, more post NDJSON. */
  readonly batch: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly seed: number
  /** File of the authority, when the server speaks TLS. */
  readonly ca?: string
  /** Alerts as Alertmanager takes them, one of each record; else records as the intake does. */
  readonly alerts?: boolean
}

export interface HttpLoadResult {
  readonly requests: number
  readonly events: number
  readonly seconds: number
  /** Requests that were not answered 200. */
  readonly refused: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Requests with alerts: each alert is another one, as each event is. Enough for some seconds. */
const alertBodies = 400

const asAlert = ({ hostname, message, syslog_severity }: Record, number: number) => ({
  labels: {
    alertname: message.replace(/\d+/g, "#").slice(0, 60),
    instance: hostname,
    severity: syslog_severity,
    event: String(number)
  },
  annotations: { summary: message }
})

const bodies = ({ alerts, batch, seed }: HttpLoad): ReadonlyArray<string> => {
  if (alerts === true) {
    const all = records(batch * alertBodies, seed).map(asAlert)
    return Array.from(
      { length: alertBodies },
      (_, index) => JSON.stringify(all.slice(index * batch, (index + 1) * batch))
    )
  }
  const all = records(batch === 1 ? 5_000 : batch * 40, seed).map((record) => JSON.stringify(record))
  if (batch === 1) return all
  return Array.from({ length: 40 }, (_, index) => all.slice(index * batch, (index + 1) * batch).join("\n"))
}

const request = (load: HttpLoad, body: string) =>
  Buffer.from(
    `POST ${load.path} HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: ${load.key}\r\n`
      + `Content-Type: ${load.batch === 1 || load.alerts === true ? "application/json" : "application/x-ndjson"}\r\n`
      + `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )

const contentLength = /\r\ncontent-length: *(\d+)/i

/** Calls back with the status of each answer. Answers are small and have a Content-Length. */
const onAnswer = (socket: Socket, done: (status: number) => void) => {
  let held = ""
  socket.setEncoding("latin1")
  socket.on("data", (chunk: string) => {
    held += chunk
    for (;;) {
      const end = held.indexOf("\r\n\r\n")
      if (end < 0) return
      const length = Number(contentLength.exec(held.slice(0, end + 2))?.[1] ?? 0)
      if (held.length < end + 4 + length) return
      const status = Number(held.slice(9, 12))
      held = held.slice(end + 4 + length)
      done(status)
    }
  })
}

const run = async (load: HttpLoad): Promise<HttpLoadResult> => {
  const ca = load.ca === undefined ? undefined : readFileSync(load.ca, "utf8")
  const requests = bodies(load).map((body) => request(load, body))
  const histogram = createHistogram()
  let phase: "warm" | "measure" | "over" = "warm"
  let next = 0
  let answered = 0
  let refused = 0
  const sockets = await Promise.all(Array.from({ length: load.connections }, async () => {
    const to = { port: load.port, host: "127.0.0.1", noDelay: true }
    const socket = ca === undefined ? connect(to) : connectSecurely({ ...to, ca, servername: "localhost" })
    await once(socket, ca === undefined ? "connect" : "secureConnect")
    let sentAt = 0
    const send = () => {
      const bytes = requests[next++ % requests.length]
      sentAt = performance.now()
      if (bytes !== undefined) socket.write(bytes)
    }
    onAnswer(socket, (status) => {
      if (phase === "measure") {
        answered++
        if (status !== 200) refused++
        histogram.record(Math.max(1, Math.round((performance.now() - sentAt) * 1_000)))
      }
      if (phase !== "over") send()
    })
    send()
    return socket
  }))
  await new Promise((resolve) => setTimeout(resolve, load.warmUpMs))
  phase = "measure"
  const from = performance.now()
  await new Promise((resolve) => setTimeout(resolve, load.measureMs))
  phase = "over"
  const seconds = (performance.now() - from) / 1_000
  for (const socket of sockets) socket.destroy()
  return {
    requests: answered,
    events: (answered - refused) * load.batch,
    seconds,
    refused,
    p50Ms: histogram.percentile(50) / 1_000,
    p99Ms: histogram.percentile(99) / 1_000
  }
}

if (import.meta.main) {
  const load: HttpLoad = JSON.parse(process.argv[2] ?? "{}")
  process.stdout.write(`${JSON.stringify(await run(load))}\n`)
}
