import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { type Wanted, wantedOf } from "./nouns.ts"
import { fieldText } from "./words.ts"

/** What is told of a setting beside its value. */
export const facts = [
  { key: "value", title: "Name and value", first: true },
  { key: "about", title: "What it is" },
  { key: "range", title: "Range" },
  { key: "default", title: "Default" },
  { key: "changed", title: "Who and when" }
] as const

const exportRow = (item: SettingItem) => ({
  setting: item.key,
  value: fieldText(item.value),
  default: fieldText(item.default),
  is_set: item.is_set,
  unit: item.unit,
  range: item.range,
  programs: item.programs.join(" "),
  version: item.version,
  changed_by: item.changed_by,
  changed_at: item.changed_at
})

/** The settings that the address asks for, as they are saved. */
export const exportRows = (items: ReadonlyArray<SettingItem>, wanted: Wanted) =>
  wantedOf(items, wanted, () => false).map(exportRow)

export const exportColumns = [
  "setting",
  "value",
  "default",
  "is_set",
  "unit",
  "range",
  "programs",
  "version",
  "changed_by",
  "changed_at"
] as const satisfies ReadonlyArray<keyof ReturnType<typeof exportRow>>
