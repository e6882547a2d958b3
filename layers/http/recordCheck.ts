import { Clock, Effect, Metric } from "effect"
import { Environment } from "../environment/Environment.ts"
import { Postgres, type SyncStandbys } from "../postgres/Postgres.ts"
import { supervised } from "../telemetry/supervised.ts"
import type { Check, CheckResult } from "./HealthCheck.ts"

const standbys = Metric.gauge("mutt_postgres_sync_standbys", {
  description:
    "Standbys of PostgreSQL that have each row before its event is settled, when last looked at; 0 while they do not confirm. Only where DB_SYNC_STANDBYS asks for some; take min."
})

const everyMs = 10_000

/**
 * Each row is on so many standbys before its event is settled, as DB_SYNC_STANDBYS asks: looked at every ten seconds.
 * Not required: without them all works, until a failover.
 */
export const recordCheck = Effect.gen(function*() {
  const postgres = yield* Postgres
  const wanted = (yield* Environment).postgres.syncStandbys ?? 0
  let newest: { readonly at: number; readonly detail: string | undefined } | undefined

  const look = Effect.gen(function*() {
    const found = yield* postgres.syncStandbys
    const before = newest?.detail
    const detail = problemOf(found, wanted)
    newest = { at: yield* Clock.currentTimeMillis, detail }
    yield* Metric.update(standbys, found.confirm ? found.waitedFor : 0)
    if (detail !== undefined && detail !== before) {
      yield* Effect.logWarning("Rows of the record would be lost in a failover.").pipe(Effect.annotateLogs({ detail }))
    }
    if (detail === undefined && before !== undefined) {
      yield* Effect.logInfo("The rows of the record are on as many standbys as wanted again.")
    }
  })
  if (wanted > 0) {
    yield* look.pipe(
      // Whether PostgreSQL answers at all is another check's.
      Effect.catchTag("PostgresUnavailable", () => Effect.void),
      Effect.andThen(Effect.sleep(everyMs)),
      Effect.forever,
      supervised("postgres.standbys")
    )
  }

  const check: Check = {
    name: "record",
    required: false,
    check: Effect.map(Clock.currentTimeMillis, (now): CheckResult => {
      if (wanted === 0) return { state: "ok", detail: "DB_SYNC_STANDBYS asks for no standby" }
      if (newest === undefined) return { state: "degraded", detail: "PostgreSQL was not asked yet for its standbys" }
      const { at, detail } = newest
      return { state: detail === undefined ? "ok" : "degraded", ageMs: now - at, detail }
    })
  }
  return check
})

const problemOf = ({ confirm, waitedFor }: SyncStandbys, wanted: number): string | undefined =>
  waitedFor < wanted
    ? `a row is on ${waitedFor} of the ${wanted} standbys that DB_SYNC_STANDBYS asks for: set synchronous_standby_names, and synchronous_commit to on`
    : confirm
    ? undefined
    : `of the ${waitedFor} standbys that a row must be on some do not confirm`
