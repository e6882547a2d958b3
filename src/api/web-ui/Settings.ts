import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { problem } from "../../domain/Problem.ts"
import { Revision, revisionColumns } from "../../domain/Revision.ts"
import { SettingUnknown, VersionStale, VersionUnknown } from "../../domain/SettingProblems.ts"
import { Program } from "../../domain/Settings.ts"
import { AdminOnly, Authenticated, ViewerOnly } from "../shared/Access.ts"
import { mostInteger, Reason, text, whole } from "../shared/fields.ts"
import { Idempotent } from "../shared/Idempotency.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { When } from "./AuditLogs.ts"

/** The body has no `value`. */
export class ValueMissing extends HttpApiError.Problem<ValueMissing>()(...problem("ValueMissing", 400, {})) {}

/** `Prefer: strict` asks for an `If-Match`, and there was none. */
export class ConditionMissing
  extends HttpApiError.Problem<ConditionMissing>()(...problem("ConditionMissing", 428, {}))
{}

/** The key has as many streams open as it may; `Retry-After` says when to try again. */
export class StreamsFull extends HttpApiError.Problem<StreamsFull>()(...problem("StreamsFull", 429, {})) {}

export const SettingItem = Schema.Struct({
  key: Schema.String,
  value: Schema.Json,
  default: Schema.Json,
  /** It was set, perhaps to its default. */
  is_set: Schema.Boolean,
  type: Schema.Literals(["integer", "string"]),
  range: Schema.String,
  unit: Schema.String,
  description: Schema.String,
  programs: Schema.Array(Program),
  /** Of its last change; 0 when it was never changed. */
  version: Schema.Int,
  changed_by: Schema.NullOr(Schema.String),
  changed_at: Schema.NullOr(Schema.String)
}).annotate({ identifier: "SettingItem" })
export type SettingItem = typeof SettingItem.Type

export const SettingsView = Schema.Struct({
  config: Schema.Record(Schema.String, Schema.Json),
  epoch: Schema.String,
  version: Schema.Int,
  /** `ledger`: as PostgreSQL has it. `snapshot`: PostgreSQL does not answer; these are in force in this process. */
  source: Schema.Literals(["ledger", "snapshot"]),
  items: Schema.Array(SettingItem)
}).annotate({ identifier: "Settings" })

export const InstanceItem = Schema.Struct({
  program: Program,
  instance: Schema.String,
  epoch: Schema.String,
  version: Schema.Int,
  /** It runs that version; `false`: it refused it, `reason` says why. */
  ok: Schema.Boolean,
  reason: Schema.NullOr(Schema.String),
  /** Milliseconds from learning of the version to running it. */
  ms: Schema.Finite,
  since: Schema.String,
  seen: Schema.String
}).annotate({ identifier: "ConfigInstance" })
export type InstanceItem = typeof InstanceItem.Type

/** How far a change has reached the processes. */
export const rollout = {
  version: Schema.Int,
  /** Redis has it. `false`: Redis does not answer; every process follows when it does. */
  propagated: Schema.Boolean,
  instances: Schema.Array(InstanceItem)
}

const HistoryEntry = Schema.Struct(Struct.renameKeys(Revision.fields, revisionColumns)).annotate({
  identifier: "ConfigHistoryEntry"
})

const Difference = HistoryEntry.mapFields(Struct.pick(["key", "old_value", "new_value"]))

export const SettingChanged = Schema.Struct({
  ...Difference.fields,
  /** The version that was overwritten without having been asked for. */
  overwrote: Schema.optionalKey(Schema.Int),
  /** It was only to be seen what would change. */
  dry_run: Schema.optionalKey(Schema.Boolean),
  ...rollout
}).annotate({ identifier: "SettingChanged" })

export const SettingsChanged = Schema.Struct({
  changes: Schema.Array(Difference),
  dry_run: Schema.Boolean,
  ...rollout
}).annotate({ identifier: "SettingsChanged" })

/** All settings as they were at a version. */
export const SettingsVersion = Schema.Struct({
  epoch: Schema.String,
  version: Schema.Int,
  /** Who made it, when and why; `null` of version 0. */
  changed_by: Schema.NullOr(Schema.String),
  changed_at: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  correlation_id: Schema.NullOr(Schema.String),
  /** Every setting of today; one that was not set then has its default of today. */
  config: Schema.Record(Schema.String, Schema.Json),
  /** The names of those that were set. */
  is_set: Schema.Array(Schema.String)
}).annotate({ identifier: "SettingsVersion" })

/** Check and compare only. */
const dryRun = Schema.optionalKey(Schema.Boolean)

/** Describes `value` as required; without it the handler answers 400. */
const needsValue = Schema.makeFilter<object>(() => true, { toJsonSchema: () => ({ required: ["value"] }) })

const params = { key: text(100) }

/** Headers that make a write conditional. */
export const conditions = {
  /** An `ETag` or a bare version: refuse when it changed since. */
  "if-match": Schema.optionalKey(Schema.String),
  /** `strict`: refuse a change without `If-Match`. */
  prefer: Schema.optionalKey(Schema.String)
}

export const waiting = {
  /** `all`: answer when every living process runs the new version or has refused it. */
  wait: Schema.optionalKey(Schema.Literals(["all", "none"])),
  /** How long to wait at most, in milliseconds; 2,000 when absent. */
  timeout: Schema.optionalKey(whole(1, 30_000))
}
const writeErrors = [VersionStale, ConditionMissing, Invalid, Unavailable] as const

/** Dynamic settings, read and changed at run time. Each change is audited in its own transaction. */
export class SettingsGroup extends HttpApiGroup.make("settings")
  .add(
    HttpApiEndpoint.get("list", "/config", { success: SettingsView })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "All settings; ETag is the epoch's beginning and the version"),
    HttpApiEndpoint.get("history", "/config/history", {
      query: {
        key: Schema.optionalKey(text(100)),
        page: Schema.optionalKey(whole(1, 10_000)),
        limit: Schema.optionalKey(whole(1, 200)),
        /** Inclusive. */
        from: When,
        /** Exclusive. */
        to: When
      },
      success: Schema.Struct({
        history: Schema.Array(HistoryEntry),
        pagination: Schema.Struct({ page: Schema.Int, limit: Schema.Int, total: Schema.Int, pages: Schema.Int })
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Who changed what, when and why, newest first"),
    HttpApiEndpoint.get("version", "/config/versions/:version", {
      params: { version: whole(0, mostInteger) },
      success: SettingsVersion,
      error: [VersionUnknown, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "All settings as they were at a version"),
    HttpApiEndpoint.get("instances", "/config/instances", {
      success: Schema.Struct({ instances: Schema.Array(InstanceItem) }),
      error: Unavailable
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Which process runs which version, since when"),
    HttpApiEndpoint.get("stream", "/config/stream", {
      success: HttpApiSchema.StreamSse({
        data: Schema.Struct({
          epoch: Schema.String,
          version: Schema.Int,
          config: Schema.Record(Schema.String, Schema.Json)
        })
      }),
      error: [StreamsFull, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "The settings now and after each change, as server-sent events, until the key is gone or for an hour"
    ),
    HttpApiEndpoint.put("apply", "/config", {
      headers: conditions,
      query: waiting,
      payload: Schema.Struct({
        /** Setting → value; `null` is back to the default. What is not named stays as it is. */
        config: Schema.Record(Schema.String, Schema.Json),
        reason: Reason,
        dry_run: dryRun
      }),
      success: SettingsChanged,
      error: [SettingUnknown, ...writeErrors]
    }).middleware(Idempotent).middleware(AdminOnly).annotate(
      OpenApi.Summary,
      "Change several settings as one version, or see what would change"
    ),
    HttpApiEndpoint.post("rollback", "/config/rollback", {
      headers: conditions,
      query: waiting,
      payload: Schema.Struct({
        version: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: mostInteger })),
        reason: Reason,
        dry_run: dryRun
      }),
      success: SettingsChanged,
      error: [VersionUnknown, SettingUnknown, ...writeErrors]
    }).middleware(Idempotent).middleware(AdminOnly).annotate(
      OpenApi.Summary,
      "A new version with the values of an old one, or see what would change"
    ),
    HttpApiEndpoint.get("get", "/config/:key", { params, success: SettingItem, error: SettingUnknown })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "One setting; ETag has the version of its last change"),
    HttpApiEndpoint.put("set", "/config/:key", {
      params,
      headers: conditions,
      query: waiting,
      payload: Schema.Struct({ value: Schema.optionalKey(Schema.Json), reason: Reason }).check(needsValue),
      success: SettingChanged,
      error: [ValueMissing, SettingUnknown, ...writeErrors]
    }).middleware(Idempotent).middleware(AdminOnly).annotate(OpenApi.Summary, "Change one setting"),
    HttpApiEndpoint.delete("unset", "/config/:key", {
      params,
      headers: conditions,
      query: waiting,
      payload: [Schema.Struct({ reason: Reason, dry_run: dryRun }), Schema.Null],
      success: SettingChanged,
      error: [SettingUnknown, ...writeErrors]
    }).middleware(Idempotent).middleware(AdminOnly).annotate(
      OpenApi.Summary,
      "Back to the default, or see what that would change"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Settings" }))
{}
