// A stranger without a key, on one address, as fast as it can. Told once where to go; prints what it did when its input
// ends.
import { createSocket } from "node:dgram"
import { existsSync, writeFileSync } from "node:fs"
import { Agent, request } from "node:http"
import { connect, type Socket } from "node:net"
import { setPriority } from "node:os"
import { createInterface } from "node:readline"
import type { Deed } from "./options.ts"

export interface Targets {
  /** The address that it comes from. */
  readonly from: string
  readonly http: number
  readonly udp: number
  readonly tcp: number
  /** What it does: all of it, when empty. */
  readonly only: ReadonlyArray<string>
}

export type Deeds = Record<string, number>

/** Sockets that it holds open of each kind, and that it calls at once. */
const silent = 400
const half = 400
const tellers = 16
const datagrams = 100

const deeds: Deeds = {}
const did = (what: string, count = 1) => deeds[what] = (deeds[what] ?? 0) + count

/** Keeps so many connections open, whatever becomes of them, and opens them anew at once. */
const crowd = (
  { from, port, size, what }: { from: string; port: number; size: number; what: string },
  begin: (socket: Socket) => void
) => {
  const open = () => {
    const socket = connect({ host: "127.0.0.1", port, localAddress: from, allowHalfOpen: true })
    socket.on("connect", () => {
      did(what)
      begin(socket)
    })
    socket.on("data", () => {})
    // An end by the other side is not answered: this side stays open for as long as it is let.
    socket.on("error", () => did(`${what}: cut off`))
    socket.on("close", () => setImmediate(open))
  }
  for (let i = 0; i < size; i++) open()
}

const deedsOf: Readonly<Record<Deed, (targets: Targets) => void>> = {
  "silent connections": ({ from, http }) =>
    crowd({ from, port: http, size: silent, what: "silent connections" }, () => {}),
  "half requests": ({ from, http }) =>
    crowd({ from, port: http, size: half, what: "half requests" }, (socket) =>
      socket.write(
        "POST /api/v2/ingest HTTP/1.1\r\nHost: mutt\r\nX-API-KEY: guessed-by-a-stranger-1\r\n"
          + "Content-Type: application/json\r\nContent-Length: 20000000\r\n\r\n{\"mess"
      )),
  "silent syslog connections": ({ from, tcp }) =>
    crowd({ from, port: tcp, size: silent, what: "silent syslog connections" }, () => {}),
  "wrong keys": ({ from, http }) => {
    const agent = new Agent({ keepAlive: true, maxSockets: tellers })
    const guess = () => {
      const headers = { "x-api-key": `guessed-${deeds["wrong keys"] ?? 0}-by-a-stranger`, "content-length": 2 }
      const sending = request(
        { host: "127.0.0.1", port: http, path: "/api/v2/ingest", method: "POST", agent, localAddress: from, headers },
        (response) => {
          did("wrong keys")
          did(`wrong keys: ${response.statusCode}`)
          response.resume()
          response.on("close", () => setImmediate(guess))
        }
      )
      sending.on("error", () => setImmediate(guess))
      sending.end("{}")
    }
    for (let i = 0; i < tellers; i++) guess()
  },
  "junk datagrams": ({ from, udp }) => {
    const socket = createSocket("udp4")
    socket.on("error", () => did("junk datagrams: not sent"))
    const junk = Buffer.alloc(200, 0xfe)
    socket.bind(0, from, () => {
      const send = () => {
        let left = datagrams
        for (let i = 0; i < datagrams; i++) {
          socket.send(junk, udp, "127.0.0.1", () => {
            did("junk datagrams")
            if (--left === 0) setImmediate(send)
          })
        }
      }
      send()
    })
  },
  "junk over TCP": ({ from, tcp }) =>
    crowd({ from, port: tcp, size: tellers, what: "junk over TCP" }, (socket) => {
      const junk = Buffer.alloc(65_536, "\u0001\n")
      const pour = () => {
        while (socket.writable && socket.write(junk)) did("junk over TCP: MB", junk.length / 1e6)
      }
      socket.on("drain", pour)
      pour()
    })
}

// On a machine of its own it would not take the processors of those it attacks.
setPriority(19)
if (existsSync("/proc/self/autogroup")) writeFileSync("/proc/self/autogroup", "19")
const lines = createInterface(process.stdin)
lines.once("line", (line) => {
  const targets: Targets = JSON.parse(line)
  for (const [what, begin] of Object.entries(deedsOf)) {
    if (targets.only.length === 0 || targets.only.includes(what)) begin(targets)
  }
})
lines.on("close", () => {
  process.stdout.write(`${JSON.stringify(deeds)}\n`, () => process.exit())
})
