import { DateTime, Effect, Layer, Option, Result, type Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Invalid } from "../../src/api/shared/Problems.ts"
import type { AuditedChange } from "../../src/domain/ChainEntry.ts"
import type { Revision } from "../../src/domain/Revision.ts"
import { versionStale, VersionUnknown } from "../../src/domain/SettingProblems.ts"
import { defaults, isSettingKey, settingKeys, settingProblem, settingValues } from "../../src/domain/Settings.ts"
import { canonicalJson } from "../../src/logic/canonicalJson.ts"
import { settingsAfter } from "../../src/logic/settingsAfter.ts"
import { ConfigAudit } from "../audit/ConfigAudit.ts"
import { retentionFloor } from "../postgres/retention.ts"
import { type Changed, type ChangeRequest, ConfigStore, type ConfigVersion, settingUnknown } from "./ConfigStore.ts"
import { settingStates, storeRows, unreachable } from "./storeRows.ts"

type Values = ReadonlyMap<string, Schema.Json | undefined>

/** Keeps settings in `config_ledger`, `config_settings`, `config_revisions` and `config_outbox`. */
export const ConfigStorePostgres = Layer.effect(
  ConfigStore,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const audit = yield* ConfigAudit
    const rows = storeRows(sql)

    /** The owner of the database says for how long events are kept at least. */
    const checkFloor = Effect.fnUntraced(function*(wanted: Values) {
      const key = "event_retention_days"
      const days = wanted.get(key)
      if (typeof days !== "number") return
      const floor = yield* Effect.provideService(retentionFloor, SqlClient.SqlClient, sql)
      if (days < floor) {
        return yield* refused(
          key,
          `Is ${floor} at least: the owner of the database has it so (mutt migrate --retention-floor).`
        )
      }
    })

    /** Checks and writes a change with the head locked. `valuesOf` may read what is set. */
    const write = Effect.fnUntraced(function*(
      request: ChangeRequest,
      valuesOf: Effect.Effect<Values, VersionUnknown | SqlError.SqlError>
    ) {
      const { epoch, version } = yield* rows.lockedHead
      const wanted = yield* valuesOf
      const { set, versions } = yield* rows.setAndVersions(wanted.keys())
      yield* checkNames(wanted)
      yield* checkFloor(wanted)
      const own = Math.max(0, ...versions.values())
      const stale = versionStale(request, { epoch, version: own, newest: version })
      if (stale !== undefined) return yield* stale
      const after = settingsAfter<Schema.Json>(set, wanted)
      yield* checkWhole(wanted, after)
      const values = request.onlyDifferences === true ? differing(wanted, set) : wanted
      if (values.size === 0) return { epoch, version, revisions: [] } satisfies Changed

      const changedAt = DateTime.formatIso(yield* DateTime.now)
      const next = version + 1
      const revisions = [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]): Revision => ({
        version: next,
        key,
        oldValue: valueIn(set, key),
        newValue: valueIn(after, key),
        isUnset: value === undefined,
        changedBy: request.actor,
        changedAt,
        reason: request.reason,
        correlationId: request.correlationId
      }))
      const overwrote = request.ifVersion === undefined && own > 0 ? { overwrote: own } : {}
      if (request.dryRun === true) return { epoch, version, revisions, ...overwrote } satisfies Changed
      const written = revisions.map((revision) => ({ ...revision, kept: revision.newValue }))
      yield* rows.write(next, request, changedAt, written)
      for (const revision of revisions) {
        yield* audit.record(auditedChange(revision, versions.get(revision.key) ?? 0, set))
      }
      return { epoch, version: next, revisions, ...overwrote } satisfies Changed
    }, sql.withTransaction)

    const change = Effect.fn("ConfigLedger.change")((values: Values, request: ChangeRequest) =>
      unreachable(write(request, Effect.succeed(values))).pipe(Effect.catchTag("VersionUnknown", Effect.die))
    )

    const rollback = Effect.fn("ConfigLedger.rollback")((version: number, request: ChangeRequest) =>
      unreachable(write(
        request,
        Effect.gen(function*() {
          const { set: now, version: newest } = yield* rows.headAndSet
          yield* checkVersion(version, newest)
          const then = yield* rows.setAt(version)
          return differing(new Map(settingKeys.map((key) => [key, then.get(key)])), now)
        })
      ))
    )

    const valuesAt = Effect.fn("ConfigLedger.valuesAt")(function*(version: number) {
      const { epoch, version: newest } = yield* rows.headAndSet
      yield* checkVersion(version, newest)
      const then = yield* rows.setAt(version)
      const [revision] = yield* rows.ofVersion(version)
      const set = new Map(settingKeys.flatMap((key) => {
        const value = then.get(key)
        return value === undefined ? [] : [[key, value] as const]
      }))
      return { epoch, version, set, revision } satisfies ConfigVersion
    })

    return ConfigStore.of({
      state: Effect.gen(function*() {
        const { set, ...head } = yield* rows.headAndSet
        return { ...head, settings: settingStates(set, yield* rows.latest) }
      }).pipe(snapshot(sql), unreachable),
      change,
      rollback,
      valuesAt: (version) => valuesAt(version).pipe(snapshot(sql), unreachable),
      history: ({ limit, page, ...query }) =>
        unreachable(Effect.all({ revisions: rows.page(query, limit, (page - 1) * limit), total: rows.count(query) }))
    })
  })
)

/** The audit record of one revision, which also says which version it overwrote. */
const auditedChange = (revision: Revision, overwritten: number, set: ReadonlyMap<string, unknown>): AuditedChange => ({
  table: "dynamic_config",
  key: revision.key,
  operation: revision.isUnset ? "DELETE" : set.has(revision.key) ? "UPDATE" : "CREATE",
  before: { value: revision.oldValue, version: overwritten },
  after: { value: revision.newValue, version: revision.version },
  actor: revision.changedBy,
  reason: revision.reason,
  correlationId: revision.correlationId
})

const differing = (wanted: Values, set: ReadonlyMap<string, Schema.Json>): Values =>
  new Map([...wanted].filter(([key, value]) => canonicalJson(value ?? null) !== canonicalJson(set.get(key) ?? null)))

/** Lets several reads see one moment. Within a change's transaction they see that one, as it cannot be switched. */
const snapshot = (sql: SqlClient.SqlClient) => <A, E>(read: Effect.Effect<A, E>) =>
  Effect.flatMap(
    Effect.serviceOption(sql.transactionService),
    Option.match({
      onNone: () =>
        sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`.pipe(Effect.andThen(read), sql.withTransaction),
      onSome: () => read
    })
  )

const checkVersion = (version: number, newest: number) =>
  Number.isSafeInteger(version) && version >= 0 && version <= newest
    ? Effect.void
    : Effect.fail(new VersionUnknown({ detail: `There is no version ${version}.` }))

const checkNames = (values: Values) =>
  Effect.forEach(values.keys(), (key) => isSettingKey(key) ? Effect.void : Effect.fail(settingUnknown(key)), {
    discard: true
  })

/** Checks each changed value against its range, then all values against the rules between settings. */
const checkWhole = (values: Values, after: ReadonlyMap<string, Schema.Json>) => {
  for (const [key, value] of values) {
    const problem = value !== undefined && isSettingKey(key) ? settingProblem(key, value) : undefined
    if (problem !== undefined) return Effect.fail(refused(key, problem))
  }
  const whole = settingValues(after)
  const [first] = values.keys()
  return Result.isSuccess(whole)
    ? Effect.void
    : Effect.fail(refused(first ?? "", whole.failure.join(" ")))
}

const refused = (field: string, message: string) => new Invalid({ detail: message, errors: [{ field, message }] })

const valueIn = (set: ReadonlyMap<string, Schema.Json>, key: string): Schema.Json =>
  set.get(key) ?? (isSettingKey(key) ? defaults[key] : null)
