import { Config, Schema } from "effect"
import type { SettingValues } from "../../src/domain/Settings.ts"

type Level = SettingValues["log_level"]

/** As MUTT 2 spelled them too. */
const spellings: ReadonlyMap<string, Level> = new Map([
  ["debug", "debug"],
  ["info", "info"],
  ["warn", "warn"],
  ["warning", "warn"],
  ["error", "error"],
  ["critical", "error"]
])

const Spelled = Schema.String.check(
  Schema.makeFilter((text) => spellings.has(text.toLowerCase()) || "Expected debug, info, warn or error")
)

/** A level of the log, in any case. */
export const logLevel = (name: string): Config.Config<Level> =>
  Config.schema(Spelled, name).pipe(Config.map((text) => spellings.get(text.toLowerCase()) ?? "info"))
