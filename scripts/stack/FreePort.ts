import { Effect } from "effect"
import { createServer } from "node:net"
import process from "node:process"

/** Whether nobody listens on the port of the loopback address. */
export const isFree = (port: number): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const server = createServer()
    server.once("error", () => resume(Effect.succeed(false)))
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resume(Effect.succeed(true))))
  })

const first = 18_000
const ports = 14_000
/**
 * Each process begins elsewhere and takes one after the other: a port stays free until the server that it was chosen
 * for listens.
 */
let next = process.pid * 97

/**
 * A port that was free a moment ago. Below the range that the kernel hands out for outgoing connections, so that none
 * of those takes it while a server restarts.
 */
export const freePort: Effect.Effect<number> = Effect.suspend(() => {
  const port = first + next++ % ports
  return Effect.flatMap(isFree(port), (free) => free ? Effect.succeed(port) : freePort)
})
