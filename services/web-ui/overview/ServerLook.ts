import { Effect, Layer, Metric } from "effect"
import { SqlClient } from "effect/sql"
import { Redis, type RedisNodeState } from "../../../layers/redis/Redis.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"

const usedBytes = Metric.gauge("mutt_redis_memory_used_bytes", {
  description: "Memory that a node of Redis uses, by node; take max."
})
const usedRatio = Metric.gauge("mutt_redis_memory_used_ratio", {
  description: "That as a part of its maxmemory, or of the memory of its machine where that is not set; take max."
})
const appendOnlyBytes = Metric.gauge("mutt_redis_append_only_bytes", {
  description: "Size of the append-only file of a node of Redis, by node; take max."
})
const diskFailing = Metric.gauge("mutt_redis_disk_failing", {
  description:
    "1 while the newest write of a node of Redis to its disk failed, by node and what it wrote: append, rewrite, snapshot; take max."
})
const databaseBytes = Metric.gauge("mutt_postgres_database_bytes", {
  description: "Size of MUTT's database on the disk of PostgreSQL; take max."
})

const everyMs = 30_000

/** What a node tells, as the series of its gauges and their values. */
const gaugesOf = ({ appendOnlyBytes: file, failing, mostBytes, node, usedBytes: used }: RedisNodeState) => [
  [Metric.withAttributes(usedBytes, { node }), used] as const,
  ...(mostBytes === undefined ? [] : [[Metric.withAttributes(usedRatio, { node }), used / mostBytes] as const]),
  ...(file === undefined ? [] : [[Metric.withAttributes(appendOnlyBytes, { node }), file] as const]),
  ...(["append", "rewrite", "snapshot"] as const).map((what) =>
    [Metric.withAttributes(diskFailing, { node, what }), failing[what] ? 1 : 0] as const
  )
]

/** Shows what each node of Redis tells, and no more of a node that is gone or away. */
export const makeLookAtRedis = Effect.map(Redis, (redis) => {
  let shown: ReadonlyArray<Metric.Gauge<number>> = []
  return Effect.gen(function*() {
    const gauges = (yield* redis.nodeStates).flatMap(gaugesOf)
    yield* Effect.forEach(shown, Metric.remove, { discard: true })
    yield* Effect.forEach(gauges, ([gauge, value]) => Metric.update(gauge, value), { discard: true })
    shown = gauges.map(([gauge]) => gauge)
  })
})

export const lookAtPostgres = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ bytes: string }>`SELECT pg_database_size(current_database())::text AS bytes`
  if (row !== undefined) yield* Metric.update(databaseBytes, Number(row.bytes))
})

/** Looks twice a minute how much room Redis and PostgreSQL have. That one of them is away is told by others. */
export const ServerLookLayer = Layer.effectDiscard(
  Effect.flatMap(
    makeLookAtRedis,
    (lookAtRedis) =>
      Effect.all([Effect.ignore(lookAtRedis), Effect.ignore(lookAtPostgres)], { concurrency: 2, discard: true }).pipe(
        Effect.andThen(Effect.sleep(everyMs)),
        Effect.forever,
        supervised("servers.look")
      )
  )
)
