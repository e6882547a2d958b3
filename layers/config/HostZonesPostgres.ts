import { DateTime, Effect, Layer, Result, type Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { type HostZone, hostZonesFrom, hostZonesKey, mostHostZones, withHostZone } from "../../src/domain/HostZone.ts"
import { ConfigAudit, type ConfigAuditFailed } from "../audit/ConfigAudit.ts"
import { outcomeOf } from "../postgres/commit.ts"
import { ConfigStoreUnavailable, VersionStale } from "./ConfigStore.ts"
import { HostZoneNotFound, type HostZoneRequest, HostZones, HostZonesFull, type HostZonesState } from "./HostZones.ts"
import { storeRows } from "./storeRows.ts"

/** The table in the ledger of settings: whole in `config_settings`, entry by entry in `config_revisions` and in the audit. */
export const HostZonesPostgres = Layer.effect(
  HostZones,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const audit = yield* ConfigAudit
    const rows = storeRows(sql)

    const read = Effect.gen(function*() {
      const { epoch } = yield* rows.head
      const { set, versions } = yield* rows.setAndVersions([hostZonesKey])
      const zones = hostZonesFrom(set.get(hostZonesKey))
      // Nobody but this writes it.
      if (Result.isFailure(zones)) return yield* Effect.die(zones.failure)
      return { epoch, version: versions.get(hostZonesKey) ?? 0, zones: zones.success } satisfies HostZonesState
    })

    const write = Effect.fnUntraced(function*(
      hostname: string,
      timeZone: string | undefined,
      request: HostZoneRequest
    ) {
      const { version: newest } = yield* rows.lockedHead
      const state = yield* read
      yield* checkSeen(state, newest, request)
      const before = state.zones.find((zone) => zone.hostname === hostname)
      if (timeZone === undefined && before === undefined) return yield* new HostZoneNotFound({ hostname })
      if (before?.time_zone === timeZone) return state
      const zones = withHostZone(state.zones, hostname, timeZone)
      if (zones.length > mostHostZones) return yield* new HostZonesFull({ most: mostHostZones })
      const after = timeZone === undefined ? undefined : { hostname, time_zone: timeZone }
      yield* store(newest + 1, request, before, after, zones)
      yield* audit.record({
        changedBy: request.actor,
        operation: before === undefined ? "CREATE" : after === undefined ? "DELETE" : "UPDATE",
        tableName: hostZonesKey,
        recordId: hostname,
        oldValues: before ?? null,
        newValues: after ?? null,
        reason: request.reason,
        correlationId: request.correlationId
      })
      return { ...state, version: newest + 1, zones }
    }, sql.withTransaction)

    /** The revision says what became of the one entry; the setting is the whole table, as every process reads it. */
    const store = (
      version: number,
      { actor, correlationId, reason }: HostZoneRequest,
      before: HostZone | undefined,
      after: HostZone | undefined,
      zones: ReadonlyArray<HostZone>
    ) =>
      Effect.flatMap(DateTime.now, (now) =>
        sql`WITH revised AS (
          INSERT INTO config_revisions
            (version, key, old_value, new_value, is_unset, changed_by, changed_at, reason, correlation_id)
          VALUES (${version}::text::bigint, ${hostZonesKey}, ${json(before)}::text::jsonb, ${json(after)}::text::jsonb,
            false, ${actor}, ${DateTime.formatIso(now)}::text::timestamptz, ${reason}, ${correlationId})
        ), kept AS (
          INSERT INTO config_settings (key, value) VALUES (${hostZonesKey}, ${json(zones)}::text::jsonb)
          ON CONFLICT (key) DO UPDATE SET value = excluded.value
        ), told AS (
          INSERT INTO config_outbox (version) VALUES (${version}::text::bigint)
        )
        UPDATE config_ledger SET version = ${version}::text::bigint`)

    return HostZones.of({
      state: Effect.mapError(read, unavailable),
      set: Effect.fn("HostZones.set")((zone, request) =>
        write(zone.hostname.toLowerCase(), zone.time_zone, request).pipe(
          Effect.catchTags({ ...away, HostZoneNotFound: Effect.die })
        )
      ),
      remove: Effect.fn("HostZones.remove")((hostname, request) =>
        write(hostname.toLowerCase(), undefined, request).pipe(Effect.catchTags({ ...away, HostZonesFull: Effect.die }))
      )
    })
  })
)

/** A version of another epoch, or one that is yet to come, was seen in a ledger that is no longer this one. */
const checkSeen = (
  { epoch, version }: HostZonesState,
  newest: number,
  { ifEpoch = "", ifVersion }: HostZoneRequest
): Effect.Effect<void, VersionStale> =>
  ifVersion !== undefined && (version > ifVersion || ifVersion > newest || !epoch.startsWith(ifEpoch))
    ? Effect.fail(new VersionStale({ expected: ifVersion, actual: version }))
    : Effect.void

const json = (value: Schema.Json | undefined): string => JSON.stringify(value ?? null)

const unavailable = (error: SqlError.SqlError) =>
  new ConfigStoreUnavailable({ detail: error.reason._tag, outcome: outcomeOf(error) })

const away = {
  SqlError: (error: SqlError.SqlError) => Effect.fail(unavailable(error)),
  ConfigAuditFailed: (error: ConfigAuditFailed) =>
    Effect.fail(new ConfigStoreUnavailable({ detail: error.detail, outcome: "unchanged" }))
}
