import { DateTime, Effect, Layer, Option, Result, type Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import {
  defaults,
  isSettingKey,
  settingKeys,
  settingProblem,
  settingsAfter,
  settingValues
} from "../../src/domain/Settings.ts"
import { canonicalJson } from "../../src/logic/canonicalJson.ts"
import { nearest } from "../../src/logic/nearest.ts"
import { ConfigAudit, type ConfigAuditDraft, type ConfigAuditFailed } from "../audit/ConfigAudit.ts"
import { outcomeOf } from "../postgres/commit.ts"
import { retentionFloor } from "../postgres/retention.ts"
import {
  type Changed,
  type ChangeFailure,
  type ChangeRequest,
  ConfigStore,
  ConfigStoreUnavailable,
  type Revision,
  SettingRefused,
  SettingUnknown,
  VersionStale,
  VersionUnknown
} from "./ConfigStore.ts"
import { settingStates, storeRows } from "./storeRows.ts"

type Values = ReadonlyMap<string, Schema.Json | undefined>

/** The ledger in PostgreSQL: `config_ledger`, `config_settings`, `config_revisions`, `config_outbox`. */
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
        const detail = `Is ${floor} at least: the owner of the database has it so (mutt migrate --retention-floor).`
        return yield* new SettingRefused({ key, detail })
      }
    })

    /** Decides and writes, with the head locked. `values` may depend on what the ledger holds. */
    const write = Effect.fnUntraced(function*(
      request: ChangeRequest,
      valuesOf: Effect.Effect<Values, VersionUnknown | SqlError.SqlError>
    ) {
      const { epoch, version } = yield* rows.lockedHead
      const wanted = yield* valuesOf
      const { set, versions } = yield* rows.setAndVersions(wanted.keys())
      yield* checkNames(wanted)
      yield* checkFloor(wanted)
      const newest = Math.max(0, ...versions.values())
      const { ifEpoch = "", ifVersion } = request
      // A version of another epoch, or one that is yet to come, was seen in a ledger that is no longer this one.
      if (ifVersion !== undefined && (newest > ifVersion || ifVersion > version || !epoch.startsWith(ifEpoch))) {
        return yield* new VersionStale({ expected: ifVersion, actual: newest })
      }
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
      yield* store(next, request, revisions, changedAt)
      for (const revision of revisions) {
        yield* audit.record(auditDraft(revision, versions.get(revision.key) ?? 0, set))
      }
      const overwrote = request.ifVersion === undefined && newest > 0 ? { overwrote: newest } : {}
      return { epoch, version: next, revisions, ...overwrote } satisfies Changed
    }, sql.withTransaction)

    /** Everything that a change writes beside its links of the chain, in one statement: the way there and back is most of its cost. */
    const store = (
      version: number,
      { actor, correlationId, reason }: ChangeRequest,
      revisions: ReadonlyArray<Revision>,
      changedAt: string
    ) => {
      // Values as texts: a null among them would become an absent one.
      const given = revisions.map(({ isUnset, key, newValue, oldValue }) => ({
        key,
        old_value: json(oldValue),
        new_value: json(newValue),
        is_unset: isUnset
      }))
      return sql`WITH given AS (
          SELECT key, old_value::jsonb, new_value::jsonb, is_unset FROM jsonb_to_recordset(${
        JSON.stringify(given)
      }::text::jsonb) AS row (key text, old_value text, new_value text, is_unset boolean)
        ), revised AS (
          INSERT INTO config_revisions
            (version, key, old_value, new_value, is_unset, changed_by, changed_at, reason, correlation_id)
          SELECT ${version}::text::bigint, key, old_value, new_value, is_unset, ${actor}, ${changedAt}::text::timestamptz,
            ${reason}, ${correlationId} FROM given
        ), unset AS (
          DELETE FROM config_settings USING given WHERE config_settings.key = given.key AND given.is_unset
        ), set AS (
          INSERT INTO config_settings (key, value) SELECT key, new_value FROM given WHERE NOT is_unset
          ON CONFLICT (key) DO UPDATE SET value = excluded.value
        ), told AS (
          INSERT INTO config_outbox (version) VALUES (${version}::text::bigint)
        )
        UPDATE config_ledger SET version = ${version}::text::bigint`
    }

    const change = Effect.fn("ConfigLedger.change")((values: Values, request: ChangeRequest) =>
      reachable(write(request, Effect.succeed(values))).pipe(Effect.catchTag("VersionUnknown", Effect.die))
    )

    const rollback = Effect.fn("ConfigLedger.rollback")((version: number, request: ChangeRequest) =>
      reachable(write(
        request,
        Effect.gen(function*() {
          const { set: now, version: newest } = yield* rows.headAndSet
          if (!Number.isSafeInteger(version) || version < 0 || version > newest) {
            return yield* new VersionUnknown({ version })
          }
          const then = yield* rows.setAt(version)
          return differing(new Map(settingKeys.map((key) => [key, then.get(key)])), now)
        })
      ))
    )

    return ConfigStore.of({
      state: Effect.gen(function*() {
        const { set, ...head } = yield* rows.headAndSet
        return { ...head, settings: settingStates(set, yield* rows.latest) }
      }).pipe(snapshot(sql), Effect.mapError(unavailable)),
      change,
      rollback,
      history: ({ key, limit, page }) =>
        Effect.all({ revisions: rows.page(key, limit, (page - 1) * limit), total: rows.count(key) }).pipe(
          Effect.mapError(unavailable)
        )
    })
  })
)

/** The link of the chain for one revision, which also says which version it overwrote. */
const auditDraft = (revision: Revision, overwritten: number, set: ReadonlyMap<string, unknown>): ConfigAuditDraft => ({
  changedBy: revision.changedBy,
  operation: revision.isUnset ? "DELETE" : set.has(revision.key) ? "UPDATE" : "CREATE",
  tableName: "dynamic_config",
  recordId: revision.key,
  oldValues: { value: revision.oldValue, version: overwritten },
  newValues: { value: revision.newValue, version: revision.version },
  reason: revision.reason,
  correlationId: revision.correlationId ?? ""
})

const differing = (wanted: Values, set: ReadonlyMap<string, Schema.Json>): Values =>
  new Map([...wanted].filter(([key, value]) => json(value ?? null) !== json(set.get(key) ?? null)))

/** Several reads that see one moment. Within the transaction of a change, which cannot be told to, they see its moment. */
const snapshot = (sql: SqlClient.SqlClient) => <A, E>(read: Effect.Effect<A, E>) =>
  Effect.flatMap(
    Effect.serviceOption(sql.transactionService),
    Option.match({
      onNone: () =>
        sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`.pipe(Effect.andThen(read), sql.withTransaction),
      onSome: () => read
    })
  )

const checkNames = (values: Values) =>
  Effect.forEach(
    values.keys(),
    (key) =>
      isSettingKey(key) ? Effect.void : Effect.fail(new SettingUnknown({ key, nearest: nearest(key, settingKeys) })),
    { discard: true }
  )

/** Each changed value within its range, and all values together within the rules between settings. */
const checkWhole = (values: Values, after: ReadonlyMap<string, Schema.Json>) => {
  for (const [key, value] of values) {
    const problem = value !== undefined && isSettingKey(key) ? settingProblem(key, value) : undefined
    if (problem !== undefined) return Effect.fail(new SettingRefused({ key, detail: problem }))
  }
  const whole = settingValues(after)
  const [first] = values.keys()
  return Result.isSuccess(whole)
    ? Effect.void
    : Effect.fail(new SettingRefused({ key: first ?? "", detail: whole.failure.join(" ") }))
}

const valueIn = (set: ReadonlyMap<string, Schema.Json>, key: string): Schema.Json =>
  set.get(key) ?? (isSettingKey(key) ? defaults[key] : null)

const json = (value: Schema.Json): string => canonicalJson(value)

const unavailable = (error: SqlError.SqlError) =>
  new ConfigStoreUnavailable({ detail: error.reason._tag, outcome: outcomeOf(error) })

const reachable = <A>(
  effect: Effect.Effect<A, ChangeFailure | VersionUnknown | SqlError.SqlError | ConfigAuditFailed>
): Effect.Effect<A, ChangeFailure | VersionUnknown> =>
  effect.pipe(Effect.catchTags({
    SqlError: (error) => Effect.fail(unavailable(error)),
    ConfigAuditFailed: (error) =>
      Effect.fail(new ConfigStoreUnavailable({ detail: error.detail, outcome: "unchanged" }))
  }))
