import { Effect } from "effect"
import type { RedisArgument, RedisFailed } from "./Redis.ts"

/**
 * Logs a warning when the server's settings put accepted events at risk. Uses INFO only, which MUTT's user may call.
 */
export const checkServer = (
  send: (name: string, args: ReadonlyArray<RedisArgument>) => Effect.Effect<unknown, RedisFailed>
): Effect.Effect<void, RedisFailed> =>
  Effect.gen(function*() {
    const version = field(yield* send("INFO", ["server"]), "redis_version")
    const appendOnly = field(yield* send("INFO", ["persistence"]), "aof_enabled")
    const policy = field(yield* send("INFO", ["memory"]), "maxmemory_policy")
    if (version !== undefined && Number.parseInt(version, 10) < 7) {
      yield* Effect.logWarning("This Redis is too old: MUTT needs version 7 or later.").pipe(
        Effect.annotateLogs({ version })
      )
    }
    if (policy !== undefined && policy !== "noeviction") {
      yield* Effect.logWarning(
        "Redis may throw accepted events away when memory is short: set maxmemory-policy to noeviction."
      )
        .pipe(Effect.annotateLogs({ policy }))
    }
    if (appendOnly === "0") {
      yield* Effect.logWarning(
        "Redis writes no append-only file, so its crash loses accepted events: set appendonly to yes, and appendfsync to always."
      )
    }
  }).pipe(
    Effect.catch((error) =>
      error.reason === "reply"
        ? Effect.logWarning("Redis does not say its version and policy.").pipe(
          Effect.annotateLogs({ detail: error.detail })
        )
        : Effect.fail(error)
    )
  )

const field = (info: unknown, name: string): string | undefined =>
  typeof info === "string"
    ? info.split("\r\n").find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trim()
    : undefined
