import { Duration, Effect, FiberSet } from "effect"
import { createServer, type Server, type Socket } from "node:net"
import { setTimeout } from "node:timers"
import { SyslogUnavailable } from "./listener.ts"

/** How long peers may take to see that the connection ends, and to send the rest. */
const halfCloseMs = 1_000
const drainMs = 5_000

interface TcpAddress {
  readonly host: string
  readonly port: number
  /** Several processes on one port. */
  readonly reusePort: boolean
}

export const listen = (
  { host, port, reusePort }: TcpAddress,
  onConnection: (socket: Socket) => void
): Effect.Effect<Server, SyslogUnavailable> =>
  Effect.callback((resume) => {
    const server = createServer({ noDelay: true }, onConnection)
    server.once("error", (cause) => resume(Effect.fail(new SyslogUnavailable({ transport: "tcp", host, port, cause }))))
    server.listen({ host, port, ...(reusePort ? { reusePort } : {}) }, () => {
      server.removeAllListeners("error")
      resume(Effect.succeed(server))
    })
  })

/** Half-closes, so that a peer that is about to send sees it, and destroys the socket a second later. */
export const halfClose = (socket: Socket): void => {
  socket.end()
  setTimeout(() => socket.destroy(), halfCloseMs).unref()
}

/**
 * Closes the server without losing what peers have sent: syslog has no acknowledgement. Each connection is half closed,
 * read until its peer has seen that, and what was read is stored.
 */
export const closeServer = (
  server: Server,
  open: ReadonlySet<Socket>,
  stores: FiberSet.FiberSet<void>
): Effect.Effect<void> =>
  Effect.gen(function*() {
    server.close()
    for (const socket of open) socket.end()
    yield* Effect.gen(function*() {
      while (open.size > 0) yield* Effect.sleep("10 millis")
    }).pipe(Effect.timeoutOption(Duration.millis(halfCloseMs)))
    yield* FiberSet.awaitEmpty(stores).pipe(Effect.timeoutOption(Duration.millis(drainMs)))
    for (const socket of open) socket.destroy()
  })
