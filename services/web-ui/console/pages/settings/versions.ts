import type { Schema } from "effect"
import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"

/** A setting before and after. */
export interface Difference {
  readonly key: string
  readonly was: Schema.Json
  readonly becomes: Schema.Json
  readonly unit: string
  /** What else is to be said of it. */
  readonly note?: string | undefined
}

/** One change of one setting, as the API lists it. */
export interface HistoryEntry {
  readonly version: number
  readonly key: string
  readonly old_value: Schema.Json
  readonly new_value: Schema.Json
  readonly is_unset: boolean
  readonly changed_by: string
  readonly changed_at: string
  readonly reason: string | null
  readonly correlation_id: string | null
}

/** One version and all that it changed. */
export interface VersionMade {
  readonly version: number
  readonly changedBy: string
  readonly changedAt: string
  readonly reason: string | null
  readonly correlationId: string | null
  readonly changes: ReadonlyArray<HistoryEntry>
}

/** Puts entries together that were made as one version, the newest first. */
export const versionsOf = (history: ReadonlyArray<HistoryEntry>): ReadonlyArray<VersionMade> =>
  [...Map.groupBy(history, ({ version }) => version)].flatMap(([version, changes]) => {
    const [first] = changes
    return first === undefined ? [] : [{
      version,
      changedBy: first.changed_by,
      changedAt: first.changed_at,
      reason: first.reason,
      correlationId: first.correlation_id,
      changes
    }]
  })

/** What takes a version back: the values that it found. One that was the default is the default again. */
export const takingBack = (
  changes: ReadonlyArray<HistoryEntry>,
  items: ReadonlyArray<SettingItem>
): ReadonlyArray<{ readonly item: SettingItem; readonly to: Schema.Json; readonly becomes: Schema.Json }> =>
  changes.flatMap(({ key, old_value }) => {
    const item = items.find((one) => one.key === key)
    if (item === undefined) return []
    const to = old_value === item.default ? null : old_value
    return (to === null ? !item.is_set : item.value === to) ? [] : [{ item, to, becomes: to ?? item.default }]
  })

/** Settings that differ between two versions. */
export const differing = (
  from: Readonly<Record<string, Schema.Json>>,
  to: Readonly<Record<string, Schema.Json>>,
  unitOf: (key: string) => string
): ReadonlyArray<Difference> =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) => {
    const [was, becomes] = [from[key] ?? null, to[key] ?? null]
    return was === becomes ? [] : [{ key, was, becomes, unit: unitOf(key) }]
  })
