import { Effect, type Schema, Stream } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ConfigRollout } from "../../../layers/config/ConfigRollout.ts"
import type { ChangeRequest, Revision, SettingState } from "../../../layers/config/ConfigStore.ts"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { SettingUnknown, ValueMissing } from "../../../src/api/web-ui/Settings.ts"
import type { HistoryEntry, SettingItem } from "../../../src/api/web-ui/Settings.ts"
import { defaults, isSettingKey, type SettingKey, settingKeys, settings } from "../../../src/domain/Settings.ts"
import { canonicalJson } from "../../../src/logic/canonicalJson.ts"
import { nearest } from "../../../src/logic/nearest.ts"
import { unavailable } from "../http/changeAuthor.ts"
import { instanceItem, requestOf, tag, tell, type Waiting } from "../http/conditions.ts"
import { ConfigService } from "./ConfigService.ts"
import { OpenStreams } from "./OpenStreams.ts"
import { answered, changeProblems, problemOf, versionUnknown } from "./settingProblems.ts"

export const SettingsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "settings",
  Effect.fn(function*(handlers) {
    const processor = yield* ConfigService
    const instances = yield* ConfigRollout
    const dynamic = yield* DynamicConfig
    const streams = yield* OpenStreams

    /** The ledger; without PostgreSQL what is in force here, so that reading goes on. */
    const read = processor.state.pipe(
      Effect.map((state) => ({ ...state, source: "ledger" as const })),
      Effect.catchTag("LedgerUnavailable", () =>
        Effect.sync(() => {
          const { epoch, values, version } = dynamic.snapshot()
          return {
            epoch,
            version,
            source: "snapshot" as const,
            settings: settingKeys.map((key) => inForce(key, values[key]))
          }
        }))
    )
    const changeOne = Effect.fnUntraced(function*(
      key: string,
      value: Schema.Json | undefined,
      asked: ChangeRequest,
      query: Waiting
    ) {
      const changed = yield* answered(processor.change(new Map([[key, value]]), asked))
      const [revision] = changed.revisions
      yield* tag(changed)
      return {
        key,
        old_value: revision?.oldValue ?? null,
        new_value: revision?.newValue ?? null,
        ...(changed.overwrote === undefined ? {} : { overwrote: changed.overwrote }),
        ...(yield* tell(processor, changed, query))
      }
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function*() {
        const state = yield* read
        yield* tag(state)
        const items = state.settings.map(item)
        return {
          config: Object.fromEntries(items.map(({ key, value }) => [key, value])),
          epoch: state.epoch,
          version: state.version,
          source: state.source,
          items
        }
      }),
      get: Effect.fnUntraced(function*({ params }) {
        const state = yield* read
        const found = state.settings.find(({ key }) => key === params.key)
        if (found === undefined) return yield* unknown(params.key)
        yield* tag({ epoch: state.epoch, version: found.version })
        return item(found)
      }),
      set: Effect.fnUntraced(function*({ headers, params, payload, query }) {
        if (payload.value === undefined) return yield* new ValueMissing({ detail: "Missing 'value' in request body" })
        return yield* changeOne(params.key, payload.value, yield* requestOf(headers, payload), query)
      }),
      unset: Effect.fnUntraced(function*({ headers, params, payload, query }) {
        return yield* changeOne(params.key, undefined, yield* requestOf(headers, payload), query)
      }),
      apply: Effect.fnUntraced(function*({ headers, payload, query }) {
        const asked = yield* requestOf(headers, payload)
        const wanted = new Map<string, Schema.Json | undefined>(
          Object.entries(payload.config).map(([key, value]) => [key, value === null ? undefined : value])
        )
        const state = yield* processor.state.pipe(Effect.catchTag("LedgerUnavailable", unavailable("settings")))
        for (const key of wanted.keys()) if (!isSettingKey(key)) return yield* unknown(key)
        yield* changeProblems(state.settings, wanted)
        if (payload.dry_run === true) {
          const changes = differences(state.settings, wanted)
          return { changes, dry_run: true, version: state.version, propagated: true, instances: [] }
        }
        const changed = yield* answered(processor.change(wanted, { ...asked, onlyDifferences: true }))
        yield* tag(changed)
        return {
          changes: changed.revisions.map(difference),
          dry_run: false,
          ...(yield* tell(processor, changed, query))
        }
      }),
      rollback: Effect.fnUntraced(function*({ headers, payload, query }) {
        const asked = yield* requestOf(headers, payload)
        const changed = yield* processor.rollback(payload.version, asked).pipe(
          Effect.mapError((error) => error._tag === "VersionUnknown" ? versionUnknown(error) : problemOf(error))
        )
        yield* tag(changed)
        return {
          changes: changed.revisions.map(difference),
          dry_run: false,
          ...(yield* tell(processor, changed, query))
        }
      }),
      history: Effect.fnUntraced(function*({ query }) {
        const { key, limit = 50, page = 1 } = query
        const { revisions, total } = yield* processor.history({ key, page, limit }).pipe(
          Effect.catchTag("LedgerUnavailable", unavailable("settings"))
        )
        return {
          history: revisions.map(historyEntry),
          pagination: { page, limit, total, pages: Math.ceil(total / limit) }
        }
      }),
      instances: () =>
        instances.list.pipe(
          Effect.map((list) => ({ instances: list.map(instanceItem) })),
          Effect.catchTag("InstancesUnavailable", unavailable("list of processes"))
        ),
      stream: ({ request }) =>
        Effect.flatMap(CurrentCaller, (caller) =>
          streams.guard(
            Stream.map(dynamic.changes, ({ epoch, values, version }) => ({ epoch, version, config: { ...values } })),
            request,
            caller
          ))
    })
  })
)

const unknown = (key: string) =>
  new SettingUnknown({ detail: `There is no setting ${key}.`, nearest: nearest(key, settingKeys) })

const inForce = (key: SettingKey, value: Schema.Json): SettingState => ({
  key,
  value,
  isSet: value !== defaults[key],
  version: 0,
  changedBy: null,
  changedAt: null
})

const item = (state: SettingState): SettingItem => {
  const definition = isSettingKey(state.key) ? settings[state.key] : undefined
  return {
    key: state.key,
    value: state.value,
    default: definition?.default ?? null,
    is_set: state.isSet,
    type: typeof definition?.default === "number" ? "integer" : "string",
    range: definition?.range ?? "",
    unit: definition?.unit ?? "",
    description: definition?.description ?? "",
    programs: definition?.programs ?? [],
    version: state.version,
    changed_by: state.changedBy,
    changed_at: state.changedAt
  }
}

/** What `wanted` would change. */
const differences = (state: ReadonlyArray<SettingState>, wanted: ReadonlyMap<string, Schema.Json | undefined>) =>
  state.flatMap(({ isSet, key, value }) => {
    if (!wanted.has(key) || !isSettingKey(key)) return []
    const next = wanted.get(key)
    const same = next === undefined ? !isSet : isSet && canonicalJson(next) === canonicalJson(value)
    return same ? [] : [{ key, old_value: value, new_value: next ?? defaults[key] }]
  })

const difference = ({ key, newValue, oldValue }: Revision) => ({ key, old_value: oldValue, new_value: newValue })

const historyEntry = (revision: Revision): HistoryEntry => ({
  version: revision.version,
  key: revision.key,
  old_value: revision.oldValue,
  new_value: revision.newValue,
  is_unset: revision.isUnset,
  changed_by: revision.changedBy,
  changed_at: revision.changedAt,
  reason: revision.reason,
  correlation_id: revision.correlationId
})
