import { Effect, type Schema, Stream, Struct } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ConfigRollout } from "../../../layers/config/ConfigRollout.ts"
import {
  type Changed,
  type ChangeRequest,
  ConfigStore,
  type SettingState,
  settingUnknown
} from "../../../layers/config/ConfigStore.ts"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { ValueMissing } from "../../../src/api/web-ui/Settings.ts"
import { type Revision, revisionColumns } from "../../../src/domain/Revision.ts"
import { defaults, isSettingKey, type SettingKey, settingKeys } from "../../../src/domain/Settings.ts"
import { canonicalJson } from "../../../src/logic/canonicalJson.ts"
import { changeRequest, setETag } from "../http/conditions.ts"
import { timeOf } from "../http/paging.ts"
import { type Failure, orUnavailable } from "../http/unavailable.ts"
import { instanceItem, makeAnnounceChange, type Waiting } from "./announceChange.ts"
import { OpenStreams } from "./OpenStreams.ts"
import { changeProblems } from "./settingProblems.ts"
import { settingItem, settingsVersion } from "./settingViews.ts"

const answered = orUnavailable("settings")

export const SettingsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "settings",
  Effect.fn(function*(handlers) {
    const store = yield* ConfigStore
    const announceChange = yield* makeAnnounceChange
    const rollout = yield* ConfigRollout
    const dynamic = yield* DynamicConfig
    const streams = yield* OpenStreams

    /** Reads from PostgreSQL; without it, shows what is in force in this process. */
    const read = store.state.pipe(
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
    /** Makes a change, tags the answer with its version and announces it. One that is only tried has nothing to tell. */
    const make = Effect.fnUntraced(function*<E extends Failure>(
      change: Effect.Effect<Changed, E>,
      query: Waiting,
      dryRun: boolean
    ) {
      const changed = yield* answered(change)
      yield* setETag(changed)
      const { version } = changed
      return {
        changed,
        announced: dryRun ? { version, propagated: true, instances: [] } : yield* announceChange(changed, query)
      }
    })
    const changeOne = Effect.fnUntraced(function*(
      key: string,
      value: Schema.Json | undefined,
      asked: ChangeRequest,
      query: Waiting
    ) {
      const { dryRun = false } = asked
      const { announced, changed } = yield* make(store.change(new Map([[key, value]]), asked), query, dryRun)
      const [revision] = changed.revisions
      return {
        key,
        old_value: revision?.oldValue ?? null,
        new_value: revision?.newValue ?? null,
        ...(changed.overwrote === undefined ? {} : { overwrote: changed.overwrote }),
        ...(dryRun ? { dry_run: true } : {}),
        ...announced
      }
    })
    const changeSeveral = <E extends Failure>(change: Effect.Effect<Changed, E>, query: Waiting, dryRun = false) =>
      Effect.map(make(change, query, dryRun), ({ announced, changed }) => ({
        changes: changed.revisions.map(difference),
        dry_run: dryRun,
        ...announced
      }))

    return handlers.handleAll({
      list: Effect.fnUntraced(function*() {
        const state = yield* read
        yield* setETag(state)
        const items = state.settings.map(settingItem)
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
        if (found === undefined) return yield* settingUnknown(params.key)
        yield* setETag({ epoch: state.epoch, version: found.version })
        return settingItem(found)
      }),
      set: Effect.fnUntraced(function*({ headers, params, payload, query }) {
        if (payload.value === undefined) return yield* new ValueMissing({ detail: "Missing 'value' in request body" })
        return yield* changeOne(params.key, payload.value, yield* changeRequest(headers, payload), query)
      }),
      unset: Effect.fnUntraced(function*({ headers, params, payload, query }) {
        const asked = yield* changeRequest(headers, payload)
        return yield* changeOne(params.key, undefined, { ...asked, dryRun: payload?.dry_run }, query)
      }),
      apply: Effect.fnUntraced(function*({ headers, payload, query }) {
        const asked = yield* changeRequest(headers, payload)
        const wanted = new Map<string, Schema.Json | undefined>(
          Object.entries(payload.config).map(([key, value]) => [key, value === null ? undefined : value])
        )
        const state = yield* answered(store.state)
        for (const key of wanted.keys()) if (!isSettingKey(key)) return yield* settingUnknown(key)
        yield* changeProblems(state.settings, wanted)
        if (payload.dry_run === true) {
          const changes = differences(state.settings, wanted)
          return { changes, dry_run: true, version: state.version, propagated: true, instances: [] }
        }
        return yield* changeSeveral(store.change(wanted, { ...asked, onlyDifferences: true }), query)
      }),
      rollback: Effect.fnUntraced(function*({ headers, payload, query }) {
        const asked = yield* changeRequest(headers, payload)
        const { dry_run: dryRun = false, version } = payload
        return yield* changeSeveral(store.rollback(version, { ...asked, dryRun }), query, dryRun)
      }),
      history: Effect.fnUntraced(function*({ query }) {
        const { key, limit = 50, page = 1 } = query
        const from = yield* timeOf("from", query.from)
        const to = yield* timeOf("to", query.to)
        const { revisions, total } = yield* answered(store.history({ key, from, to, page, limit }))
        return {
          history: revisions.map(Struct.renameKeys(revisionColumns)),
          pagination: { page, limit, total, pages: Math.ceil(total / limit) }
        }
      }),
      version: ({ params }) => Effect.map(answered(store.valuesAt(params.version)), settingsVersion),
      instances: () =>
        rollout.list.pipe(
          Effect.map((list) => ({ instances: list.map(instanceItem) })),
          orUnavailable("list of processes")
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

const inForce = (key: SettingKey, value: Schema.Json): SettingState => ({
  key,
  value,
  isSet: value !== defaults[key],
  version: 0,
  changedBy: null,
  changedAt: null
})

/** Lists what `wanted` would change. */
const differences = (state: ReadonlyArray<SettingState>, wanted: ReadonlyMap<string, Schema.Json | undefined>) =>
  state.flatMap(({ isSet, key, value }) => {
    if (!wanted.has(key)) return []
    const next = wanted.get(key)
    const same = next === undefined ? !isSet : isSet && canonicalJson(next) === canonicalJson(value)
    return same ? [] : [{ key, old_value: value, new_value: next ?? defaults[key] }]
  })

const difference = ({ key, newValue, oldValue }: Revision) => ({ key, old_value: oldValue, new_value: newValue })
