import { Context, type Effect, Schema } from "effect"
import type { Invalid } from "../../src/api/shared/Problems.ts"
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

/** PostgreSQL, which holds the settings, does not answer. */
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
  /** Skip settings that have the wanted value already. Without any other there is no new version. */
  readonly onlyDifferences?: boolean | undefined
  /** Check and compare only: the revisions are those that there would be, and the version stays. */
  readonly dryRun?: boolean | undefined
}

export interface Changed {
  readonly epoch: string
  /** The newest version. */
  readonly version: number
  readonly revisions: ReadonlyArray<Revision>
  /** A version this change overwrote without having been asked to check it. */
  readonly overwrote?: number | undefined
}

/** The settings as they were at a version. */
export interface ConfigVersion {
  readonly epoch: string
  readonly version: number
  /** What was set; everything else has its default. */
  readonly set: ReadonlyMap<SettingKey, Schema.Json>
  /** One of its changes; `undefined` of version 0. */
  readonly revision: Revision | undefined
}

/** `Invalid`: a value is out of its range or breaks a rule between settings. */
export type ChangeFailure = SettingUnknown | Invalid | VersionStale | ConfigStoreUnavailable

/**
 * Holds the dynamic settings and their history; Redis and the processes follow it.
 *
 * A change, its audit record and its row in the outbox are one transaction. Changes run one after the other, and
 * versions have no gap.
 */
export class ConfigStore extends Context.Service<ConfigStore, {
  readonly state: Effect.Effect<ConfigStoreState, ConfigStoreUnavailable>
  /** Changes several settings as one version, all or none. The value `undefined` means the default again. */
  readonly change: (
    values: ReadonlyMap<string, Schema.Json | undefined>,
    request: ChangeRequest
  ) => Effect.Effect<Changed, ChangeFailure>
  /** Makes a new version with the values of an old one, checked against today's ranges. */
  readonly rollback: (
    version: number,
    request: ChangeRequest
  ) => Effect.Effect<Changed, ChangeFailure | VersionUnknown>
  readonly valuesAt: (version: number) => Effect.Effect<ConfigVersion, VersionUnknown | ConfigStoreUnavailable>
  /** Newest first. `total` counts all that fit. */
  readonly history: (query: {
    readonly key?: string | undefined
    /** RFC 3339; `from` is inclusive, `to` is not. */
    readonly from?: string | undefined
    readonly to?: string | undefined
    readonly page: number
    readonly limit: number
  }) => Effect.Effect<{ readonly revisions: ReadonlyArray<Revision>; readonly total: number }, ConfigStoreUnavailable>
}>()("mutt/layers/config/ConfigStore") {}
