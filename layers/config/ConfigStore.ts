import { Context, type Effect, Schema } from "effect"
import { type ChangeAuthor, ChangeOutcome } from "../../src/domain/Change.ts"
import type { Revision } from "../../src/domain/Revision.ts"
import {
  SettingUnknown,
  type VersionSeen,
  type VersionStale,
  type VersionUnknown
} from "../../src/domain/SettingProblems.ts"
import { type SettingKey, settingKeys } from "../../src/domain/Settings.ts"
import { nearest } from "../../src/logic/nearest.ts"

/** No setting has this name. */
export const settingUnknown = (key: string) =>
  new SettingUnknown({ detail: `There is no setting ${key}.`, nearest: nearest(key, settingKeys) })

/** The value is out of its range, breaks a rule between settings, or looks like a secret. */
export class SettingRefused extends Schema.TaggedError<SettingRefused>()("SettingRefused", {
  key: Schema.String,
  detail: Schema.String
}) {}

/** PostgreSQL does not answer. */
export class ConfigStoreUnavailable extends Schema.TaggedError<ConfigStoreUnavailable>()("LedgerUnavailable", {
  detail: Schema.String,
  outcome: ChangeOutcome
}) {}

/** A setting as PostgreSQL has it. */
export interface SettingState {
  readonly key: SettingKey
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

/** Who asks for a change of settings, why, and under which conditions. */
export interface ChangeRequest extends ChangeAuthor, VersionSeen {
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
 * Keeps the dynamic settings and their history; what it says counts. Each change is one transaction with its audit
 * record and its announcement in the outbox. Changes are one after the other; versions have no gap.
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
