import { Effect, Schedule } from "effect"
import type { Redis, RedisArgument, RedisConnection, RedisFailed } from "../redis/Redis.ts"

/** How long an answer may take before the connection is thought to be dead. Its own heartbeat takes seconds to find that. */
const promptMs = 150

/** A look at least each second, and not all processes at once. */
export const lookSchedule = Schedule.spaced("800 millis").pipe(Schedule.jittered)

/**
 * Asks over the connection that all share, and when no answer comes at once also over a new one: the first answer counts. For what may be
 * done twice.
 */
export const hedgedRead = <A>(
  redis: Redis["Service"],
  shared: Effect.Effect<A, RedisFailed>,
  again: (connection: RedisConnection) => Effect.Effect<A, RedisFailed>
): Effect.Effect<A, RedisFailed> => {
  const elsewhere = Effect.sleep(promptMs).pipe(
    Effect.andThen(redis.status),
    // Without a connection the shared one is being made anew already.
    Effect.flatMap(({ connected }) =>
      connected ? Effect.scoped(Effect.flatMap(redis.ownConnection, again)) : Effect.never
    )
  )
  return Effect.raceFirst(shared, elsewhere)
}

export const hedgedCommand = (redis: Redis["Service"], name: string, ...args: ReadonlyArray<RedisArgument>) =>
  hedgedRead(redis, redis.command(name, ...args), (connection) => connection.command(name, ...args))
