import { Context, type Effect, Schema } from "effect"
import { ChangeOutcome } from "../../src/domain/ChangeOutcome.ts"

/** No setting has this name. */
export class SettingUnknown extends Schema.TaggedError<SettingUnknown>()("SettingUnknown", {
  key: Schema.String,
  /** The known name most like it. */
  nearest: Schema.String
}) {}

/** The value is out of its range, breaks a rule between settings, or looks like a secret. */
export class SettingRefused extends Schema.TaggedError<SettingRefused>()("SettingRefused", {
  key: Schema.String,
  detail: Schema.String
}) {}

/** The settings changed since the caller looked. */
export class VersionStale extends Schema.TaggedError<VersionStale>()("VersionStale", {
  expected: Schema.Int,
  actual: Schema.Int
}) {}

/** There is no such version to go back to. */
export class VersionUnknown extends Schema.TaggedError<VersionUnknown>()("VersionUnknown", { version: Schema.Int }) {}

/** PostgreSQL does not answer. */
export class ConfigStoreUnavailable extends Schema.TaggedError<ConfigStoreUnavailable>()("LedgerUnavailable", {
  detail: Schema.String,
  outcome: ChangeOutcome
}) {}

/** A setting as it stands in the ledger. */
export interface SettingState {
  readonly key: string
  readonly value: Schema.Json
  /** Somebody set it; otherwise `value` is the default. */
  readonly isSet: boolean
  /** Version of its last change; 0 when it was never changed. */
  readonly version: number
  readonly changedBy: string | null
  readonly changedAt: string | null
}

export interface ConfigStoreState {
  readonly epoch: string
  readonly version: number
  readonly settings: ReadonlyArray<SettingState>
}

/** One change of the past. */
export interface Revision {
  readonly version: number
  readonly key: string
  readonly oldValue: Schema.Json
  /** `null` in `newValue` with `isUnset`: back to the default. */
  readonly newValue: Schema.Json
  readonly isUnset: boolean
  readonly changedBy: string
  readonly changedAt: string
  readonly reason: string | null
  readonly correlationId: string | null
}

/** Who asks, why, and under which conditions. */
export interface ChangeRequest {
  readonly actor: string
  readonly reason: string | null
  readonly correlationId: string
  /** Refuse when the settings (or, for one key, that setting) are newer than this version, or when there is no such version. */
  readonly ifVersion?: number | undefined
  /** How the epoch must begin in which that version was seen. */
  readonly ifEpoch?: string | undefined
  /** Leave alone what is so already. When that is everything, there is no new version. */
  readonly onlyDifferences?: boolean | undefined
}

export interface Changed {
  readonly epoch: string
  /** The version that is in force now. */
  readonly version: number
  readonly revisions: ReadonlyArray<Revision>
  /** A version this change overwrote without having been asked to check it. */
  readonly overwrote?: number | undefined
}

export type ChangeFailure = SettingUnknown | SettingRefused | VersionStale | ConfigStoreUnavailable

/**
 * The authority on dynamic settings. Each change is one transaction: the revision, its link of the audit chain and the
 * order to tell every process are kept together or not at all. Changes are one after the other; versions have no gap.
 */
export class ConfigStore extends Context.Service<ConfigStore, {
  readonly state: Effect.Effect<ConfigStoreState, ConfigStoreUnavailable>
  /** Several settings at once are one version: all of them or none. `undefined` as a value is back to the default. */
  readonly change: (
    values: ReadonlyMap<string, Schema.Json | undefined>,
    request: ChangeRequest
  ) => Effect.Effect<Changed, ChangeFailure>
  /** A new version with the values of an old one, checked against today's ranges. */
  readonly rollback: (
    version: number,
    request: ChangeRequest
  ) => Effect.Effect<Changed, ChangeFailure | VersionUnknown>
  /** Newest first. `total` counts all that fit. */
  readonly history: (query: {
    readonly key?: string | undefined
    readonly page: number
    readonly limit: number
  }) => Effect.Effect<{ readonly revisions: ReadonlyArray<Revision>; readonly total: number }, ConfigStoreUnavailable>
}>()("mutt/layers/config/ConfigStore") {}
