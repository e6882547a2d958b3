import { Effect } from "effect"
import type { Proof } from "../Proof.ts"
import { type Harness, makeHarness } from "./Harness.ts"
import { loseBoth } from "./loseBoth.ts"
import { losePostgres } from "./losePostgres.ts"
import { killRedis, loseRedis, promoteReplica } from "./loseRedis.ts"

/** The rows of the table in docs/BACKUP.md. */
export const losses = {
  postgres: losePostgres,
  "redis-file": killRedis,
  "redis-replica": promoteReplica,
  "redis-empty": loseRedis,
  both: loseBoth
} as const satisfies Record<string, (harness: Harness) => Effect.Effect<Proof, unknown>>
export type Loss = keyof typeof losses

/** Loses one after the other in one harness, whose record is large. */
export const recoveries = (
  names: ReadonlyArray<Loss>,
  rows: number,
  tell: (words: string) => Effect.Effect<void> = () => Effect.void
): Effect.Effect<ReadonlyArray<Proof>, unknown> =>
  Effect.gen(function*() {
    const harness = yield* makeHarness(rows, tell)
    return yield* Effect.forEach(names, (name) => losses[name](harness))
  }).pipe(Effect.scoped)
