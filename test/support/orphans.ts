import { Effect } from "effect"
import { postgresServer, redisServer } from "./servers.ts"

// Starts servers, says where they are, and is killed before it could stop them.
await Effect.gen(function*() {
  const postgres = yield* postgresServer()
  const redis = yield* redisServer()
  yield* Effect.callback<void>((resume) =>
    void process.stdout.write(`${postgres.port} ${redis.port}\n`, () => resume(Effect.void))
  )
  process.kill(process.pid, "SIGKILL")
}).pipe(Effect.scoped, Effect.runPromise)
