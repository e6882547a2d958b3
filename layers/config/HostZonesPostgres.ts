import { DateTime, Effect, Layer, Result } from "effect"
import { SqlClient } from "effect/sql"
import { hostZonesFrom, hostZonesKey, mostHostZones, withHostZone } from "../../src/domain/HostZone.ts"
import { hostNotFound } from "../../src/domain/RuleProblems.ts"
import { versionStale } from "../../src/domain/SettingProblems.ts"
import { ConfigAudit } from "../audit/ConfigAudit.ts"
import { type HostZoneRequest, HostZones, HostZonesFull, type HostZonesState } from "./HostZones.ts"
import { storeRows, unreachable } from "./storeRows.ts"

/** Keeps the table whole in `config_settings`, and each changed entry in `config_revisions` and the audit. */
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
      // Only this adapter writes the table.
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
      const stale = versionStale(request, { ...state, newest })
      if (stale !== undefined) return yield* stale
      const before = state.zones.find((zone) => zone.hostname === hostname)
      if (timeZone === undefined && before === undefined) return yield* hostNotFound()
      if (before?.time_zone === timeZone) return state
      const zones = withHostZone(state.zones, hostname, timeZone)
      if (zones.length > mostHostZones) return yield* new HostZonesFull({ most: mostHostZones })
      const after = timeZone === undefined ? undefined : { hostname, time_zone: timeZone }
      const { actor, correlationId, reason } = request
      const author = { actor, reason, correlationId }
      const at = DateTime.formatIso(yield* DateTime.now)
      // The revision has the one entry; the setting has the whole table, which every process reads.
      const entry = {
        key: hostZonesKey,
        oldValue: before ?? null,
        newValue: after ?? null,
        isUnset: false,
        kept: zones
      }
      yield* rows.write(newest + 1, author, at, [entry])
      yield* audit.record({
        ...author,
        operation: before === undefined ? "CREATE" : after === undefined ? "DELETE" : "UPDATE",
        table: hostZonesKey,
        key: hostname,
        before: before ?? null,
        after: after ?? null
      })
      return { ...state, version: newest + 1, zones }
    }, sql.withTransaction)

    return HostZones.of({
      state: unreachable(read),
      set: Effect.fn("HostZones.set")((zone, request) =>
        write(zone.hostname.toLowerCase(), zone.time_zone, request).pipe(
          Effect.catchTag("HostNotFound", Effect.die),
          unreachable
        )
      ),
      remove: Effect.fn("HostZones.remove")((hostname, request) =>
        write(hostname.toLowerCase(), undefined, request).pipe(
          Effect.catchTag("HostZonesFull", Effect.die),
          unreachable
        )
      )
    })
  })
)
