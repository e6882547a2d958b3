import { Effect } from "effect"
import type { Proof } from "../Proof.ts"
import { loseBoth } from "./loseBoth.ts"
import { losePostgres } from "./losePostgres.ts"
import { killRedis, loseRedis, promoteReplica } from "./loseRedis.ts"
import { makeWorld, type World } from "./World.ts"

/** The rows of the table in docs/BACKUP.md. */
export const losses = {
  postgres: losePostgres,
  "redis-file": killRedis,
  "redis-replica": promoteReplica,
  "redis-empty": loseRedis,
  both: loseBoth
} as const satisfies Record<string, (world: World) => Effect.Effect<Proof, unknown>>
export type Loss = keyof typeof losses

export const isLoss = (name: string): name is Loss => Object.hasOwn(losses, name)

/** Loses one after the other in one world, whose record is large. */
export const recoveries = (
  names: ReadonlyArray<Loss>,
  rows: number,
  tell: (words: string) => Effect.Effect<void> = () => Effect.void
): Effect.Effect<ReadonlyArray<Proof>, unknown> =>
  Effect.gen(function*() {
    const world = yield* makeWorld(rows, tell)
    return yield* Effect.forEach(names, (name) => losses[name](world))
  }).pipe(Effect.scoped)
