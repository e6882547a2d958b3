import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { defaults, settingKeys } from "../../src/domain/Settings.ts"
import type { Revision, SettingState } from "./ConfigStore.ts"
import { isKept } from "./contents.ts"

const RevisionRow = Schema.Struct({
  version: Schema.FiniteFromString,
  key: Schema.String,
  old_value: Schema.Json,
  new_value: Schema.Json,
  is_unset: Schema.Boolean,
  changed_by: Schema.String,
  changed_at: Schema.Date,
  reason: Schema.NullOr(Schema.String),
  correlation_id: Schema.NullOr(Schema.String)
})
const decodeRevisions = Schema.decodeUnknownEffect(Schema.Array(RevisionRow))
const decodeHead = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ epoch: Schema.String, version: Schema.FiniteFromString })])
)
const Settings = Schema.Array(Schema.Struct({ key: Schema.String, value: Schema.Json }))
const decodeHeadAndSet = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ epoch: Schema.String, version: Schema.FiniteFromString, settings: Settings })])
)

const decodeSetAndVersions = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ settings: Settings, versions: Schema.Record(Schema.String, Schema.Finite) })])
)

const knownOf = (rows: typeof Settings.Type): ReadonlyMap<string, Schema.Json> =>
  new Map(rows.flatMap(({ key, value }) => isKept(key) ? [[key, value] as const] : []))

/** Reads the ledger's tables. A row that cannot be decoded is a defect: nobody but the ledger writes them. */
export const storeRows = (sql: SqlClient.SqlClient) => {
  const columns =
    sql`r.version::text AS version, r.key, r.old_value, r.new_value, r.is_unset, r.changed_by, r.changed_at,
    r.reason, r.correlation_id`
  const revisions = (rows: unknown) =>
    decodeRevisions(rows).pipe(Effect.map((all) => all.map(revisionOf)), Effect.orDie)
  const headOf = (rows: unknown) => decodeHead(rows).pipe(Effect.map(([head]) => head), Effect.orDie)

  const setAsJson =
    sql`(SELECT coalesce(json_agg(json_build_object('key', key, 'value', value)), '[]') FROM config_settings)`

  return {
    head: sql`SELECT epoch::text, version::text AS version FROM config_ledger`.pipe(Effect.flatMap(headOf)),
    /** The head, locked until the transaction ends: changes are one after the other. */
    lockedHead: sql`SELECT epoch::text, version::text AS version FROM config_ledger FOR UPDATE`.pipe(
      Effect.flatMap(headOf)
    ),
    /**
     * The head, and what somebody set: known settings and host zones only, since a setting that no longer exists keeps its history and
     * nothing else. As they were at one moment.
     */
    headAndSet: sql`SELECT epoch::text, version::text AS version,
        ${setAsJson} AS settings FROM config_ledger`.pipe(
      Effect.flatMap((rows) => Effect.orDie(decodeHeadAndSet(rows))),
      Effect.map(([{ settings, ...head }]) => ({ ...head, set: knownOf(settings) }))
    ),
    /** What somebody set, and for those of `keys` that were ever changed the version that did it last. */
    setAndVersions: (keys: Iterable<string>) =>
      sql`SELECT ${setAsJson} AS settings, (SELECT coalesce(json_object_agg(last.key, last.version), '{}')
          FROM (SELECT r.key, max(r.version) AS version FROM config_revisions r
            WHERE r.key = ANY (${[...keys]}) GROUP BY r.key) last) AS versions`.pipe(
        Effect.flatMap((rows) => Effect.orDie(decodeSetAndVersions(rows))),
        Effect.map(([{ settings, versions }]) => ({
          set: knownOf(settings),
          versions: new Map(Object.entries(versions))
        }))
      ),
    /** The newest revision of each setting; looked up one by one, however long the history is. */
    latest: sql`SELECT ${columns} FROM jsonb_array_elements_text(${
      JSON.stringify(settingKeys)
    }::text::jsonb) AS named (key),
        LATERAL (SELECT * FROM config_revisions WHERE key = named.key ORDER BY version DESC LIMIT 1) r`.pipe(
      Effect.flatMap(revisions),
      Effect.map((all) => new Map(all.map((revision) => [revision.key, revision])))
    ),
    /** What was set when `version` was the newest. */
    setAt: (version: number) =>
      sql`SELECT DISTINCT ON (r.key) ${columns} FROM config_revisions r WHERE r.version <= ${version}
        ORDER BY r.key, r.version DESC`.pipe(
        Effect.flatMap(revisions),
        Effect.map((all) => new Map(all.filter(({ isUnset }) => !isUnset).map(({ key, newValue }) => [key, newValue])))
      ),
    page: (key: string | undefined, limit: number, offset: number) =>
      sql`SELECT ${columns} FROM config_revisions r WHERE ${key === undefined ? sql`true` : sql`r.key = ${key}`}
        ORDER BY r.version DESC, r.key LIMIT ${limit} OFFSET ${offset}`.pipe(Effect.flatMap(revisions)),
    count: (key: string | undefined) =>
      sql<{ readonly total: number }>`SELECT count(*)::int AS total FROM config_revisions r
        WHERE ${key === undefined ? sql`true` : sql`r.key = ${key}`}`.pipe(
        Effect.map(([row]) => row?.total ?? 0)
      )
  }
}

/** Every setting with its value and who changed it last. */
export const settingStates = (
  set: ReadonlyMap<string, Schema.Json>,
  latest: ReadonlyMap<string, Revision>
): ReadonlyArray<SettingState> =>
  settingKeys.map((key) => {
    const last = latest.get(key)
    const value = set.get(key)
    return {
      key,
      value: value === undefined ? defaults[key] : value,
      isSet: value !== undefined,
      version: last?.version ?? 0,
      changedBy: last?.changedBy ?? null,
      changedAt: last?.changedAt ?? null
    }
  })

const revisionOf = (row: typeof RevisionRow.Type): Revision => ({
  version: row.version,
  key: row.key,
  oldValue: row.old_value,
  newValue: row.new_value,
  isUnset: row.is_unset,
  changedBy: row.changed_by,
  changedAt: row.changed_at.toISOString(),
  reason: row.reason,
  correlationId: row.correlation_id
})
