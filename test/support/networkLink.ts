import { Effect, type Scope } from "effect"
import { connect, createServer, type Socket } from "node:net"
import { listening } from "./listening.ts"

/** A way to a server on this machine that can be cut. */
export interface NetworkLink {
  readonly port: number
  /** For that long nothing gets through, either way, and nobody is told; then all goes on. */
  readonly cut: (forMs: number) => Effect.Effect<void>
}

export const networkLink = (to: number): Effect.Effect<NetworkLink, never, Scope.Scope> =>
  Effect.gen(function*() {
    const sockets = new Set<Socket>()
    let cuts = 0
    const keep = (socket: Socket, other: Socket) => {
      sockets.add(socket)
      socket.on("data", (bytes: Buffer) => {
        if (!other.write(bytes)) socket.pause()
      })
      socket.on("drain", () => cuts === 0 && other.resume())
      socket.on("end", () => other.end())
      socket.on("error", () => {})
      socket.on("close", () => {
        sockets.delete(socket)
        other.destroy()
      })
      if (cuts > 0) socket.pause()
    }
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const other = connect({ port: to, host: "127.0.0.1", allowHalfOpen: true })
      keep(socket, other)
      keep(other, socket)
    })
    const port = yield* listening(server)
    yield* Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((socket) => socket.destroy())))
    const set = (change: 1 | -1) =>
      Effect.sync(() => {
        cuts += change
        for (const socket of sockets) {
          if (cuts > 0) socket.pause()
          else socket.resume()
        }
      })
    return {
      port,
      cut: (forMs) => set(1).pipe(Effect.andThen(Effect.sleep(forMs)), Effect.ensuring(set(-1)))
    }
  })
