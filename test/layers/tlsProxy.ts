import type { Effect, Scope } from "effect"
import { readFileSync } from "node:fs"
import { createConnection, createServer, type Socket } from "node:net"
import { join } from "node:path"
import { TLSSocket } from "node:tls"
import { listening } from "../support/listening.ts"

const folder = join(import.meta.dirname, "tls")
const cert = readFileSync(join(folder, "server.pem"))
const key = readFileSync(join(folder, "server.key"))

/** Certificates of the proxy, which is `localhost`. They are good for tests only: the private key is public. */
export const authority = { right: join(folder, "ca.pem"), wrong: join(folder, "other-ca.pem") }

/** Puts TLS in front of a server on this machine. `postgres` asks for it within its own protocol first. */
export const tlsProxy = (protocol: "redis" | "postgres", port: number): Effect.Effect<number, never, Scope.Scope> =>
  listening(createServer((client) => {
    client.on("error", () => undefined)
    if (protocol === "redis") return publisher(client, port)
    client.once("data", () => {
      client.write("S")
      publisher(client, port)
    })
  }))

const publisher = (client: Socket, port: number) => {
  const plain = new TLSSocket(client, { isServer: true, cert, key })
  const upstream = createConnection({ port, host: "127.0.0.1" })
  plain.pipe(upstream).pipe(plain)
  plain.on("error", () => upstream.destroy())
  upstream.on("error", () => plain.destroy())
}
