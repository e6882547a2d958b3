import { Buffer } from "node:buffer"
import { once } from "node:events"
import type { Server } from "node:http"
import { connect } from "node:net"
import { defaultConnectionLimits } from "../../layers/environment/httpSettings.ts"
import { makeServer } from "../../layers/http/Server.ts"
import type { Outcome } from "./Outcome.ts"

/** Requests as clients send them, and as attackers do. */
export const httpSeeds: ReadonlyArray<string> = [
  "GET /healthz HTTP/1.1\r\nHost: mutt\r\n\r\n",
  "POST /ingest HTTP/1.1\r\nHost: mutt\r\nContent-Length: 5\r\n\r\nhello",
  "POST /ingest HTTP/1.1\r\nHost: mutt\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  "CONNECT mutt:443 HTTP/1.1\r\nHost: mutt:443\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
  "OPTIONS * HTTP/1.0\r\n\r\n",
  `GET /${"a".repeat(8_000)} HTTP/1.1\r\nHost: a\r\nCookie: ${"b".repeat(9_000)}\r\n\r\n`,
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "\u0016\u0003\u0001\u0002\u0000\u0001"
]

/** What a client that sends nothing more waits for at most; beyond it a connection was forgotten. */
const patienceMs = 5_000

const limits = {
  ...defaultConnectionLimits,
  headerMs: 100,
  bodyGapMs: 100,
  requestMs: 500,
  idleMs: 100,
  answerGapMs: 100
}

let listening: Promise<number> | undefined

/** Reads each body to its end, as every route does. */
const serve = async (): Promise<number> => {
  const server: Server = makeServer(100, undefined, limits)
  server.on("request", (request, response) => {
    let length = 0
    request.on("data", (chunk: Buffer) => void (length += chunk.length))
    request.on("end", () => response.end(String(length)))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  server.unref()
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

/** Sends the bytes and nothing more. Each answer is one of HTTP, and then the connection ends. */
export const rawHttp = async (input: Uint8Array): Promise<Outcome> => {
  const port = await (listening ??= serve())
  const { ended, text } = await new Promise<{ readonly text: string; readonly ended: boolean }>((resolve) => {
    const chunks: Array<Buffer> = []
    const socket = connect(port, "127.0.0.1")
    const done = (ended: boolean) => {
      clearTimeout(patience)
      socket.destroy()
      resolve({ ended, text: Buffer.concat(chunks).toString("latin1") })
    }
    const patience = setTimeout(() => done(false), patienceMs)
    socket.on("data", (chunk) => void chunks.push(chunk))
    // It is reset when the server has had enough before all was sent.
    socket.on("error", () => done(true))
    socket.on("close", () => done(true))
    socket.end(input)
  })
  if (!ended) return { stepMs: 0, problem: `a connection was open after ${patienceMs} ms` }
  return { stepMs: 0, problem: faultInAnswers(text) }
}

const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[\w-]+: [^\r\n]*\r\n)*)\r\n/

/** What is wrong with what a server said on one connection; `undefined` when nothing is. */
const faultInAnswers = (text: string): string | undefined => {
  for (let rest = text; rest !== "";) {
    const [whole = "", status = "", headers = ""] = head.exec(rest) ?? []
    if (whole === "") return `no answer of HTTP: ${JSON.stringify(rest.slice(0, 80))}`
    if (status.startsWith("5") && status !== "503") return `answered ${status}`
    rest = rest.slice(whole.length)
    const length = /^content-length: (\d+)/im.exec(headers)
    if (length !== null) rest = rest.slice(Number(length[1]))
    else if (status !== "100") return undefined
  }
  return undefined
}
