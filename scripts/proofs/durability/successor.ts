import { Effect, Schedule } from "effect"
import type { Redis } from "../../../layers/redis/Redis.ts"

export interface Node {
  readonly admin: Redis["Service"]
}

/** Waits until one of them says that it is the primary. */
export const successorAmong = (nodes: ReadonlyArray<Node>): Effect.Effect<Redis["Service"]> =>
  Effect.gen(function*() {
    for (const { admin } of nodes) {
      if (String(yield* admin.command("INFO", "replication")).includes("role:master")) return admin
    }
    return yield* Effect.fail("not yet")
  }).pipe(Effect.retry(Schedule.spaced("50 millis")), Effect.orDie)
