import { type SettingTable, settingTables, type StaticSetting } from "../package/settingTables.ts"
import { fields, type JsonSchema } from "./schemaParts.ts"

/** The programs by their headings on the page, and by their names in the values of the chart. */
const headings = {
  ingestor: "Ingestor",
  alerter: "Alerter",
  "moog-forwarder": "Moog forwarder",
  "web-ui": "Web UI"
} as const
export type ProgramName = keyof typeof headings

export const programNames: ReadonlyArray<ProgramName> = ["ingestor", "alerter", "moog-forwarder", "web-ui"]

/** The name of the pod, which no two pods may share: given to each by Kubernetes. */
export const setByTheChart: ReadonlySet<string> = new Set(["POD_NAME"])

/** A number where the default is one, so that `"8081 "` or `yes` is found before a program is asked. */
const typeOf = ({ name, standard }: StaticSetting): JsonSchema => {
  if (standard === "true" || standard === "false") {
    return { type: ["boolean", "string"], enum: [true, false, "true", "false"] }
  }
  if (/^\d+$/.test(standard) || name.endsWith("_PORT")) return { type: ["integer", "string"], pattern: "^[0-9]+$" }
  return { type: ["string", "number"] }
}

const tableOf = (tables: ReadonlyArray<SettingTable>, wanted: string): ReadonlyArray<StaticSetting> =>
  (tables.find(({ heading }) => heading === wanted)?.settings ?? []).filter(({ name }) => !setByTheChart.has(name))

const schemaOf = (settings: ReadonlyArray<StaticSetting>): JsonSchema => {
  const byName = new Map(settings.map((one) => [one.name, one]))
  return fields(Object.fromEntries(
    Array.from(byName.values(), (one) => [one.name, { description: one.meaning, ...typeOf(one) }])
  ))
}

/** What each program reads, beside what every program reads. */
export const settingsOf = (program: ProgramName): ReadonlyArray<StaticSetting> => {
  const tables = settingTables()
  return [...tableOf(tables, "Every program"), ...tableOf(tables, headings[program])]
}

/** All that any program reads: `settings` of the values. */
export const settingsSchema = (): JsonSchema => schemaOf(programNames.flatMap(settingsOf))

export const programSettingsSchema = (program: ProgramName): JsonSchema => {
  const names = [...new Set(settingsOf(program).map(({ name }) => name))]
  return fields(Object.fromEntries(names.map((name) => [name, { $ref: `#/definitions/settings/properties/${name}` }])))
}
