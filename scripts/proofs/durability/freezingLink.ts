import { Effect, type Scope } from "effect"
import { createConnection, createServer, type Socket } from "node:net"
import { listening } from "../../../test/support/listening.ts"

/** A way to a server on this machine on which nothing gets through while it is frozen, and nobody is told. */
export interface FreezingLink {
  readonly port: number
  /** Freezes what comes from an address, or lets it go on; without an address, all. */
  readonly freeze: (frozen: boolean, address?: string) => Effect.Effect<void>
}

export const freezingLink = (to: number): Effect.Effect<FreezingLink, never, Scope.Scope> =>
  Effect.gen(function*() {
    /** With the address of the client that each belongs to. */
    const sockets = new Map<Socket, string>()
    const frozen = new Set<string | undefined>()
    const join = (from: Socket, other: Socket, client: string) => {
      sockets.set(from, client)
      from.on("data", (bytes: Buffer) => void other.write(bytes))
      from.on("error", () => undefined)
      from.on("close", () => {
        sockets.delete(from)
        other.destroy()
      })
      if (frozen.has(undefined) || frozen.has(client)) from.pause()
    }
    const server = createServer({ noDelay: true }, (client) => {
      const upstream = createConnection({ port: to, host: "127.0.0.1", noDelay: true })
      const address = client.remoteAddress ?? ""
      join(client, upstream, address)
      join(upstream, client, address)
    })
    const port = yield* listening(server)
    yield* Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((_, socket) => socket.destroy())))
    return {
      port,
      freeze: (now, address) =>
        Effect.sync(() => {
          if (now) frozen.add(address)
          else frozen.delete(address)
          for (const [socket, client] of sockets) {
            if (address !== undefined && client !== address) continue
            if (now) socket.pause()
            else socket.resume()
          }
        })
    }
  })
