import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import { openFor } from "./metrics.ts"

const everyMs = 15_000

/** Shows how long each rotation is open, by the clock of PostgreSQL; 0 for one that ended since it was shown. */
export const makeLookAtRotations = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  let shown: ReadonlySet<string> = new Set()
  return Effect.gen(function*() {
    const rows = yield* sql<{ secret: string; seconds: number }>`
      SELECT secret, extract(epoch FROM now() - opened_at)::float8 AS seconds
      FROM secret_rotations WHERE closed_at IS NULL`
    const open = new Map(rows.map(({ seconds, secret }) => [secret, Math.max(0, seconds)]))
    for (const secret of new Set([...shown, ...open.keys()])) yield* openFor(secret, open.get(secret) ?? 0)
    shown = new Set(open.keys())
  })
})

/** Looks four times a minute. That PostgreSQL is away is told by others. */
export const OpenRotationsLookLayer = Layer.effectDiscard(
  Effect.flatMap(makeLookAtRotations, (look) =>
    Effect.ignore(look).pipe(
      Effect.andThen(Effect.sleep(everyMs)),
      Effect.forever,
      supervised("rotation.look")
    ))
)
