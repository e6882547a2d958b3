import { Result, Schema } from "effect"
import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { isSettingKey, settingProblem, settingValues } from "../../../../../src/domain/Settings.ts"
import { settingsAfter } from "../../../../../src/logic/settingsAfter.ts"

/** One setting as somebody wants to have it, and what it was when they began. */
const Edit = Schema.Struct({
  /** As it was typed; `null`: the default again. */
  text: Schema.NullOr(Schema.String),
  base: Schema.Json,
  baseVersion: Schema.Int
})
export type Edit = typeof Edit.Type
const Edits = Schema.Record(Schema.String, Edit)
export type Edits = typeof Edits.Type

/** All that is typed on the page. */
const SettingsDraft = Schema.Struct({ edits: Edits, reason: Schema.String })
export type SettingsDraft = typeof SettingsDraft.Type
export const isSettingsDraft = Schema.is(SettingsDraft)
export const emptyDraft: SettingsDraft = { edits: {}, reason: "" }

export interface SettingChange {
  readonly item: SettingItem
  readonly edit: Edit
  /** For the API: `null` is the default again. */
  readonly to: Schema.Json
  readonly becomes: Schema.Json
  readonly problem: string | undefined
  /** Somebody else changed it since. */
  readonly conflict: boolean
  /** More than tenfold, or to or from nothing. */
  readonly large: boolean
}

/** What was typed, as the API takes it. What is no number stays a text, which the range refuses. */
export const typedValue = ({ type }: Pick<SettingItem, "type">, text: string): Schema.Json => {
  const trimmed = text.trim()
  if (type === "string" || trimmed === "") return trimmed
  const number = Number(trimmed.replaceAll(/[ _,](?=\d{3}\b)/g, ""))
  return Number.isFinite(number) ? number : trimmed
}

export const isLarge = (from: Schema.Json, to: Schema.Json): boolean => {
  if (typeof from !== "number" || typeof to !== "number" || from === to) return false
  const [least, most] = [Math.min(Math.abs(from), Math.abs(to)), Math.max(Math.abs(from), Math.abs(to))]
  return least === 0 || most / least > 10
}

/** Is what was typed what the setting is already? */
const isAsItIs = (item: SettingItem, text: string | null): boolean =>
  text === null ? !item.is_set : typedValue(item, text) === item.value

/** Puts what was typed into the edits; what is as it was before is no edit. */
export const withEdit = (edits: Edits, item: SettingItem, text: string | null): Edits => {
  const { [item.key]: before, ...others } = edits
  if (isAsItIs(item, text)) return others
  return {
    ...others,
    [item.key]: { text, base: before?.base ?? item.value, baseVersion: before?.baseVersion ?? item.version }
  }
}

export const withoutEdit = (edits: Edits, key: string): Edits => {
  const { [key]: _gone, ...others } = edits
  return others
}

/** Goes on from what the setting is now: what is typed stays, and nothing is in conflict any more. */
export const keepMine = (edits: Edits, item: SettingItem): Edits => {
  const edit = edits[item.key]
  if (edit === undefined) return edits
  return withEdit({ ...edits, [item.key]: { ...edit, base: item.value, baseVersion: item.version } }, item, edit.text)
}

/** What a draft would change, by what the settings are now. */
export const changesOf = (items: ReadonlyArray<SettingItem>, edits: Edits): ReadonlyArray<SettingChange> =>
  items.flatMap((item) => {
    const edit = edits[item.key]
    if (edit === undefined || isAsItIs(item, edit.text)) return []
    const to = edit.text === null ? null : typedValue(item, edit.text)
    const becomes = to ?? item.default
    return [{
      item,
      edit,
      to,
      becomes,
      problem: edit.text === null || !isSettingKey(item.key) ? undefined : settingProblem(item.key, to),
      conflict: item.version !== edit.baseVersion,
      large: isLarge(item.value, becomes)
    }]
  })

/** Rules between settings that the changes would break. */
export const brokenTogether = (
  items: ReadonlyArray<SettingItem>,
  changes: ReadonlyArray<SettingChange>
): ReadonlyArray<string> => {
  if (changes.some(({ problem }) => problem !== undefined)) return []
  const set = new Map(items.filter(({ is_set }) => is_set).map(({ key, value }) => [key, value]))
  const wanted = new Map(changes.map(({ edit, item, to }) => [item.key, edit.text === null ? undefined : to]))
  const whole = settingValues(settingsAfter(set, wanted))
  return Result.isSuccess(whole) ? [] : whole.failure
}

/** What takes the changes back. */
export const undoing = (changes: ReadonlyArray<SettingChange>): Readonly<Record<string, Schema.Json>> =>
  Object.fromEntries(changes.map(({ item }) => [item.key, item.is_set ? item.value : null]))
