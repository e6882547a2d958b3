import { Effect, Schedule } from "effect"
import type { Redis, RedisArgument, RedisConnection, RedisFailed } from "../redis/Redis.ts"

/** After so long without an answer the connection may be dead, which its own heartbeat finds out in seconds. */
const promptMs = 150

/** At least once a second, and not all processes at the same time. */
export const everySecond = Schedule.spaced("800 millis").pipe(Schedule.jittered)

/**
 * Reads over the shared connection, and also over a new one when no answer comes soon. The first answer counts; the
 * command may run twice.
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
