import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import { Revision, revisionColumns } from "../../src/domain/Revision.ts"
import { defaults, settingKeys } from "../../src/domain/Settings.ts"
import { canonicalJson } from "../../src/logic/canonicalJson.ts"
import { orUnavailable } from "../audit/orUnavailable.ts"
import { IsoTime } from "../postgres/isoTime.ts"
import { ConfigStoreUnavailable, type SettingState } from "./ConfigStore.ts"
import { isKept } from "./contents.ts"

const decodeRevisions = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ ...Revision.fields, version: Schema.FiniteFromString, changedAt: IsoTime }).pipe(
      Schema.encodeKeys(revisionColumns)
    )
  )
)
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

export const unreachable = orUnavailable((failure) => new ConfigStoreUnavailable(failure))

/** One setting of a change: its revision, and in `kept` the value that processes read while it is set. */
export interface Written extends Pick<Revision, "key" | "oldValue" | "newValue" | "isUnset"> {
  readonly kept: Schema.Json
}

/** Which revisions are listed. */
interface RevisionQuery {
  readonly key?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Reads and writes the tables of settings. A row that does not decode is a defect: nobody else writes them. */
export const storeRows = (sql: SqlClient.SqlClient) => {
  const columns =
    sql`r.version::text AS version, r.key, r.old_value, r.new_value, r.is_unset, r.changed_by, r.changed_at,
    r.reason, r.correlation_id`
  const revisions = (rows: unknown) => Effect.orDie(decodeRevisions(rows))
  const headOf = (rows: unknown) => decodeHead(rows).pipe(Effect.map(([head]) => head), Effect.orDie)

  const conditions = ({ from, key, to }: RevisionQuery) => [
    sql`true`,
    ...(key === undefined ? [] : [sql`r.key = ${key}`]),
    ...(from === undefined ? [] : [sql`r.changed_at >= ${from}::text::timestamptz`]),
    ...(to === undefined ? [] : [sql`r.changed_at < ${to}::text::timestamptz`])
  ]

  const setAsJson =
    sql`(SELECT coalesce(json_agg(json_build_object('key', key, 'value', value)), '[]') FROM config_settings)`

  return {
    /** Writes all of a change but its audit record in one statement: the round trip is most of the cost. */
    write: (
      version: number,
      { actor, correlationId, reason }: ChangeAuthor,
      changedAt: string,
      settings: ReadonlyArray<Written>
    ) => {
      // Values go as texts: jsonb_to_recordset would make a JSON null an SQL NULL.
      const given = settings.map(({ isUnset, kept, key, newValue, oldValue }) => ({
        key,
        old_value: canonicalJson(oldValue),
        new_value: canonicalJson(newValue),
        kept: canonicalJson(kept),
        is_unset: isUnset
      }))
      return sql`WITH given AS (
          SELECT key, old_value::jsonb, new_value::jsonb, kept::jsonb, is_unset FROM jsonb_to_recordset(${
        JSON.stringify(given)
      }::text::jsonb) AS row (key text, old_value text, new_value text, kept text, is_unset boolean)
        ), revised AS (
          INSERT INTO config_revisions
            (version, key, old_value, new_value, is_unset, changed_by, changed_at, reason, correlation_id)
          SELECT ${version}::text::bigint, key, old_value, new_value, is_unset, ${actor}, ${changedAt}::text::timestamptz,
            ${reason}, ${correlationId} FROM given
        ), unset AS (
          DELETE FROM config_settings USING given WHERE config_settings.key = given.key AND given.is_unset
        ), set AS (
          INSERT INTO config_settings (key, value) SELECT key, kept FROM given WHERE NOT is_unset
          ON CONFLICT (key) DO UPDATE SET value = excluded.value
        ), announced AS (
          INSERT INTO config_outbox (version) VALUES (${version}::text::bigint)
        )
        UPDATE config_ledger SET version = ${version}::text::bigint`
    },
    head: sql`SELECT epoch::text, version::text AS version FROM config_ledger`.pipe(Effect.flatMap(headOf)),
    /** Locks the head until the transaction ends, so that changes run one after the other. */
    lockedHead: sql`SELECT epoch::text, version::text AS version FROM config_ledger FOR UPDATE`.pipe(
      Effect.flatMap(headOf)
    ),
    /** Reads the head and the set values at one moment. A setting that no longer exists is left out. */
    headAndSet: sql`SELECT epoch::text, version::text AS version,
        ${setAsJson} AS settings FROM config_ledger`.pipe(
      Effect.flatMap((rows) => Effect.orDie(decodeHeadAndSet(rows))),
      Effect.map(([{ settings, ...head }]) => ({ ...head, set: knownOf(settings) }))
    ),
    /** Reads the set values, and of each of `keys` the version of its last change. */
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
    /** Reads the newest revision of each setting: one index lookup each, however long the history is. */
    latest: sql`SELECT ${columns} FROM jsonb_array_elements_text(${
      JSON.stringify(settingKeys)
    }::text::jsonb) AS named (key),
        LATERAL (SELECT * FROM config_revisions WHERE key = named.key ORDER BY version DESC LIMIT 1) r`.pipe(
      Effect.flatMap(revisions),
      Effect.map((all) => new Map(all.map((revision) => [revision.key, revision])))
    ),
    /** Reads the values that were set at `version`. */
    setAt: (version: number) =>
      sql`SELECT DISTINCT ON (r.key) ${columns} FROM config_revisions r WHERE r.version <= ${version}
        ORDER BY r.key, r.version DESC`.pipe(
        Effect.flatMap(revisions),
        Effect.map((all) => new Map(all.filter(({ isUnset }) => !isUnset).map(({ key, newValue }) => [key, newValue])))
      ),
    /** Reads what changed in one version. */
    ofVersion: (version: number) =>
      sql`SELECT ${columns} FROM config_revisions r WHERE r.version = ${version} ORDER BY r.key`.pipe(
        Effect.flatMap(revisions)
      ),
    page: (query: RevisionQuery, limit: number, offset: number) =>
      sql`SELECT ${columns} FROM config_revisions r WHERE ${sql.and(conditions(query))}
        ORDER BY r.version DESC, r.key LIMIT ${limit} OFFSET ${offset}`.pipe(Effect.flatMap(revisions)),
    count: (query: RevisionQuery) =>
      sql<{ readonly total: number }>`SELECT count(*)::int AS total FROM config_revisions r
        WHERE ${sql.and(conditions(query))}`.pipe(
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
