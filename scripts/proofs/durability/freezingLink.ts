import { Effect, type Scope } from "effect"
import { createConnection, createServer, type Socket } from "node:net"
import { listening } from "../../../test/support/listening.ts"

/** A way to a server on this machine on which nothing gets through while it is frozen, and nobody is told. */
export interface FreezingLink {
  readonly port: number
  readonly freeze: (frozen: boolean) => Effect.Effect<void>
}

export const freezingLink = (to: number): Effect.Effect<FreezingLink, never, Scope.Scope> =>
  Effect.gen(function*() {
    const sockets = new Set<Socket>()
    let frozen = false
    const join = (from: Socket, other: Socket) => {
      sockets.add(from)
      from.on("data", (bytes: Buffer) => void other.write(bytes))
      from.on("error", () => undefined)
      from.on("close", () => {
        sockets.delete(from)
        other.destroy()
      })
      if (frozen) from.pause()
    }
    const server = createServer((client) => {
      const upstream = createConnection({ port: to, host: "127.0.0.1", noDelay: true })
      join(client, upstream)
      join(upstream, client)
    })
    const port = yield* listening(server)
    yield* Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((socket) => socket.destroy())))
    return {
      port,
      freeze: (now) =>
        Effect.sync(() => {
          frozen = now
          for (const socket of sockets) {
            if (now) socket.pause()
            else socket.resume()
          }
        })
    }
  })
