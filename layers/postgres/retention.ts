import { Clock, Effect, Metric } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"

const eventsDeleted = Metric.counter("mutt_retention_events_deleted_total", {
  description: "Rows of the record of events that were let go because of their age.",
  incremental: true
})

const partitionsDropped = Metric.counter("mutt_retention_partitions_dropped_total", {
  description: "Partitions of the record of events that were let go because of their age.",
  incremental: true
})

const lastRun = Metric.gauge("mutt_retention_last_run_timestamp", {
  description: "When everything that was too old had been let go, in seconds since 1970."
})

export const duration = Metric.histogram("mutt_retention_enforcement_duration_seconds", {
  description: "Letting go of everything that is too old.",
  boundaries: [0.01, 0.1, 1, 10, 60, 600]
})

const policyDays = Metric.gauge("mutt_retention_policy_days", {
  description: "Days for which the record of events is kept."
})

/** Days for which the owner of the schema has events kept, whatever the setting says. */
export const retentionFloor: Effect.Effect<number, SqlError.SqlError, SqlClient.SqlClient> = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly days: number }>`SELECT days FROM retention_floor`
  return row?.days ?? 1
})

/** Rows that one statement deletes, so that none takes long. */
const batch = 5_000

/** What one run deleted. */
export interface Retired {
  readonly partitions: ReadonlyArray<string>
  readonly events: number
  readonly requests: number
  readonly deliveries: number
  readonly hits: number
  readonly silences: number
}

/** For how long a silence is kept after its end, at least. */
const silenceDays = 400

interface Step {
  /** A partition's name; `null` for rows of the default partition. */
  readonly dropped: string | null
  readonly events: number
}

/**
 * Drops partitions that are wholly older than `keepDays`, and deletes rows of the default partition recorded
 * before that, deliveries and hits of rules before that, silences that ended before that and 400 days ago, and
 * idempotency keys older than a day. Each step is a short transaction under a lock; several processes may do it at once.
 */
export const enforceRetention = (
  keepDays: number
): Effect.Effect<Retired, SqlError.SqlError, SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const begun = yield* Clock.currentTimeMillis
    yield* Metric.update(policyDays, keepDays)
    const partitions: Array<string> = []
    let events = 0
    while (true) {
      const [step] = yield* sql<Step>`SELECT dropped, events::int AS events
        FROM apply_event_retention(${keepDays}::int, ${batch}::int)`
      if (step === undefined) break
      events += step.events
      yield* Metric.update(eventsDeleted, step.events)
      if (step.dropped === null) {
        yield* Effect.sleep("50 millis")
      } else {
        partitions.push(step.dropped)
        yield* Metric.update(partitionsDropped, 1)
      }
    }
    let requests = 0
    for (const table of ["api_requests", "config_requests"]) {
      const gone = yield* sql`DELETE FROM ${sql(table)} WHERE made_at < now() - interval '1 day' RETURNING 1`
      requests += gone.length
    }
    /** Repeats a statement that deletes a batch, until there is no more. */
    const inBatches = Effect.fnUntraced(function*(retire: Statement.Statement<{ readonly gone: number }>) {
      let all = 0
      for (let gone = batch; gone === batch; all += gone) gone = (yield* retire)[0]?.gone ?? 0
      return all
    })
    const deliveries = yield* inBatches(sql`SELECT apply_delivery_retention(${keepDays}::int, ${batch}::int) AS gone`)
    const hits = yield* inBatches(sql`SELECT apply_hit_retention(${keepDays}::int, ${batch}::int) AS gone`)
    const ofSilences = Math.max(silenceDays, keepDays)
    const silences = yield* inBatches(sql`SELECT apply_silence_retention(${ofSilences}::int, ${batch}::int) AS gone`)
    const ended = yield* Clock.currentTimeMillis
    yield* Metric.update(duration, (ended - begun) / 1_000)
    yield* Metric.update(lastRun, ended / 1_000)
    return { partitions, events, requests, deliveries, hits, silences }
  })
