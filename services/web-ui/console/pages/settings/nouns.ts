import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import type { Program } from "../../../../../src/domain/Settings.ts"

/** What settings are about, in the order of an event's way, with the beginnings of their names. */
const nouns: ReadonlyArray<readonly [noun: string, beginnings: ReadonlyArray<string>]> = [
  ["Intake queue", ["max_ingest_queue_"]],
  ["Rate of intake", ["ingest_"]],
  ["Quarantine", ["quarantine_"]],
  ["Times of devices", ["syslog_time_zone"]],
  ["Rules", ["cache_reload_"]],
  ["Messages without a rule", ["unhandled_"]],
  ["Waiting alerts", ["alerter_"]],
  ["Delivery", ["moog_"]],
  ["Breaker", ["circuit_breaker_"]],
  ["Record of events", ["event_"]],
  ["Silences", ["silence_"]],
  ["Logins", ["session_"]],
  ["Metrics, traces and logs", ["metrics_", "trace_", "log_"]]
]

/** What a setting is about; `undefined` for one that nobody has placed. */
export const nounOf = (key: string): string | undefined =>
  nouns.find(([, beginnings]) => beginnings.some((beginning) => key.startsWith(beginning)))?.[0]

const other = "Others"

export interface SettingGroup {
  readonly noun: string
  readonly programs: ReadonlyArray<Program>
  readonly items: ReadonlyArray<SettingItem>
}

/** Puts together what is about the same. */
export const groupsOf = (items: ReadonlyArray<SettingItem>): ReadonlyArray<SettingGroup> =>
  [...nouns.map(([noun]) => noun), other].flatMap((noun) => {
    const own = items.filter(({ key }) => (nounOf(key) ?? other) === noun)
    const programs = [...new Set(own.flatMap(({ programs }) => programs))]
    return own.length === 0 ? [] : [{ noun, programs, items: own }]
  })

export interface Wanted {
  readonly set?: string
  readonly program?: string
  readonly text?: string
}

/** Those that an address asks for. A setting that is being changed stays. */
export const wantedOf = (
  items: ReadonlyArray<SettingItem>,
  { program, set, text }: Wanted,
  isEdited: (key: string) => boolean
): ReadonlyArray<SettingItem> => {
  const words = (text ?? "").toLowerCase().split(" ").filter((word) => word !== "")
  return items.filter(({ description, is_set, key, programs }) => {
    if (isEdited(key)) return true
    const told = `${key} ${description}`.toLowerCase()
    return (set !== "changed" || is_set) && (program === undefined || programs.some((one) => one === program)) &&
      words.every((word) => told.includes(word))
  })
}
