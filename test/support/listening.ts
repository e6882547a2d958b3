import { Effect, type Scope } from "effect"
import type { Server } from "node:net"

/** Lets a server listen on a free port of this machine until the scope ends. Gives the port. */
export const listening = (server: Server): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<number>((resume) =>
      void server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
      })
    ),
    () => Effect.sync(() => server.close())
  )
