// Sends syslog datagrams at a steady rate. Prints one line of JSON at the end.
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { syslogLines } from "../corpus.ts"

export interface UdpLoad {
  readonly port: number
  readonly perSecond: number
  readonly durationMs: number
}

export interface UdpLoadResult {
  readonly sent: number
  readonly seconds: number
}

const run = async (load: UdpLoad): Promise<UdpLoadResult> => {
  const lines = syslogLines(5_000).map((line) => Buffer.from(line))
  const socket = createSocket({ type: "udp4", sendBufferSize: 4 * 1024 * 1024 })
  socket.connect(load.port, "127.0.0.1")
  await once(socket, "connect")
  const total = Math.round(load.perSecond * load.durationMs / 1_000)
  const from = performance.now()
  let sent = 0
  let failed = 0
  while (sent < total) {
    const due = Math.min(total, Math.floor((performance.now() - from) * load.perSecond / 1_000))
    for (const until = Math.min(due, sent + 500); sent < until; sent++) {
      const line = lines[sent % lines.length]
      if (line !== undefined) socket.send(line, (error) => void (error !== null && failed++))
    }
    await new Promise((resolve) => sent < due ? setImmediate(resolve) : setTimeout(resolve, 1))
  }
  const seconds = (performance.now() - from) / 1_000
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.close()
  return { sent: sent - failed, seconds }
}

if (import.meta.main) {
  const load: UdpLoad = JSON.parse(process.argv[2] ?? "{}")
  process.stdout.write(`${JSON.stringify(await run(load))}\n`)
}
