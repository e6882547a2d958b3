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

const showNode = Effect.fnUntraced(
  function*({ appendOnlyBytes: file, failing, mostBytes, node, usedBytes: used }: RedisNodeState) {
    yield* Metric.update(Metric.withAttributes(usedBytes, { node }), used)
    if (mostBytes !== undefined) yield* Metric.update(Metric.withAttributes(usedRatio, { node }), used / mostBytes)
    if (file !== undefined) yield* Metric.update(Metric.withAttributes(appendOnlyBytes, { node }), file)
    for (const what of ["append", "rewrite", "snapshot"] as const) {
      yield* Metric.update(Metric.withAttributes(diskFailing, { node, what }), failing[what] ? 1 : 0)
    }
  }
)

export const lookAtRedis = Effect.gen(function*() {
  const redis = yield* Redis
  yield* Effect.forEach(yield* redis.nodeStates, showNode, { discard: true })
})

export const lookAtPostgres = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ bytes: string }>`SELECT pg_database_size(current_database())::text AS bytes`
  if (row !== undefined) yield* Metric.update(databaseBytes, Number(row.bytes))
})

/** Looks twice a minute how much room Redis and PostgreSQL have. That one of them is away is told by others. */
export const ServerLookLayer = Layer.effectDiscard(
  Effect.all([Effect.ignore(lookAtRedis), Effect.ignore(lookAtPostgres)], { concurrency: 2, discard: true }).pipe(
    Effect.andThen(Effect.sleep(everyMs)),
    Effect.forever,
    supervised("servers.look")
  )
)
