import { Effect, type Scope } from "effect"
import type { Server } from "node:net"

/** Lets a server listen on this machine until the scope ends, on a free port unless one is given. Gives the port. */
export const listening = (server: Server, asked = 0): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<number>((resume) =>
      void server.listen(asked, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
      })
    ),
    () => Effect.sync(() => server.close())
  )
