import { Duration, Effect, FiberSet } from "effect"
import { createServer, type Server, type Socket } from "node:net"
import { setTimeout } from "node:timers"
import { SyslogUnavailable } from "./listener.ts"

/** How long peers may take, once the program stops, to see that the connection ends and to send what they had begun. */
const goodbyeMs = 1_000
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

/** Half-closes, so that a peer that is about to send sees it, and does not wait long for it. */
export const halfClose = (socket: Socket): void => {
  socket.end()
  setTimeout(() => socket.destroy(), goodbyeMs).unref()
}

/**
 * Syslog has no acknowledgement: what a peer sent and we did not read is lost. So each connection is half closed, read until its peer
 * has seen that, and ended only then; and what was read is stored.
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
    }).pipe(Effect.timeoutOption(Duration.millis(goodbyeMs)))
    yield* FiberSet.awaitEmpty(stores).pipe(Effect.timeoutOption(Duration.millis(drainMs)))
    for (const socket of open) socket.destroy()
  })
