import { Effect } from "effect"
import { connect, type Server, type Socket } from "node:net"

interface DialOptions {
  readonly from?: string
  /** Takes nothing of what comes. */
  readonly deaf?: boolean
}

interface Dialed {
  readonly socket: Socket
  /** All that came, once it has this. */
  readonly until: (text: string) => Effect.Effect<string>
  /** All that came until the server said that nothing more will, or that it is gone. */
  readonly ended: Effect.Effect<string>
}

/**
 * A client that keeps its own half of a connection open whatever the server does, and sends what it is told and nothing
 * else.
 */
export const dial = (port: number, text = "", { deaf = false, from = "127.0.0.1" }: DialOptions = {}) =>
  Effect.acquireRelease(
    Effect.callback<Dialed>((resume) => {
      let received = ""
      let over = false
      const waiting = new Set<() => void>()
      const look = () => waiting.forEach((one) => one())
      const when = (condition: () => boolean) =>
        Effect.callback<string>((done) => {
          const one = () => void (condition() && done(Effect.succeed(received)))
          waiting.add(one)
          one()
        })
      const socket = connect({ port, host: "127.0.0.1", localAddress: from, allowHalfOpen: true }, () => {
        if (text !== "") socket.write(text)
        resume(
          Effect.succeed({ socket, until: (part) => when(() => received.includes(part)), ended: when(() => over) })
        )
      })
      const end = () => {
        over = true
        look()
      }
      socket.on("end", end).on("close", end).on("error", end)
      if (deaf) return
      socket.setEncoding("latin1")
      socket.on("data", (chunk) => {
        received += String(chunk)
        look()
      })
    }),
    ({ socket }) => Effect.sync(() => void socket.destroy())
  )

/** Waits until the server has let go of a client's connection whole: to close one half is not enough. */
export const watchClosings = (server: Server) => {
  const open = new Set<number>()
  const waiting = new Set<() => void>()
  server.on("connection", (socket: Socket) => {
    const { remotePort = 0 } = socket
    open.add(remotePort)
    socket.on("close", () => {
      open.delete(remotePort)
      waiting.forEach((one) => one())
    })
  })
  const holds = ({ socket }: Dialed): boolean => open.has(socket.localPort ?? 0)
  const letGo = (client: Dialed) => {
    // A closed socket has forgotten its port.
    const { localPort = 0 } = client.socket
    return Effect.callback<void>((resume) => {
      const one = () => void (!open.has(localPort) && resume(Effect.void))
      waiting.add(one)
      one()
    })
  }
  return { holds, letGo }
}
