import { Effect } from "effect"
import { createServer } from "node:net"

/** Whether nobody listens on the port of the loopback address. */
export const isFree = (port: number): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const server = createServer()
    server.once("error", () => resume(Effect.succeed(false)))
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resume(Effect.succeed(true))))
  })

/**
 * A port that was free a moment ago. Below the range that the kernel hands out for outgoing connections, so that none of those
 * takes it while a server restarts.
 */
export const freePort: Effect.Effect<number> = Effect.suspend(() => {
  const port = 18_000 + Math.floor(Math.random() * 14_000)
  return Effect.flatMap(isFree(port), (free) => free ? Effect.succeed(port) : freePort)
})
