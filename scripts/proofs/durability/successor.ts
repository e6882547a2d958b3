import { Effect, Schedule } from "effect"
import type { Redis } from "../../../layers/redis/Redis.ts"

export interface Node {
  readonly admin: Redis["Service"]
}

/** Waits until one of them says that it is the primary, and has so many replicas. */
export const successorAmong = (nodes: ReadonlyArray<Node>, replicas = 0): Effect.Effect<Redis["Service"]> =>
  Effect.gen(function*() {
    for (const { admin } of nodes) {
      const told = String(yield* admin.command("INFO", "replication"))
      const [, followers = ""] = /role:master\s+connected_slaves:(\d+)/.exec(told) ?? []
      if (followers !== "" && Number(followers) >= replicas) return admin
    }
    return yield* Effect.fail("not yet")
  }).pipe(Effect.retry(Schedule.spaced("50 millis")), Effect.orDie)
