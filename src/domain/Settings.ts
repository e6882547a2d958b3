import { Result, Schema } from "effect"
import { ArchivePlace, archiveWords } from "./ArchivePlace.ts"
import { TimeZoneName, timeZoneWords } from "./TimeZoneName.ts"
import { UtcTime, utcTimeWords } from "./UtcTime.ts"

/** The meaning of one dynamic setting, and the values it may take. */
export interface SettingDefinition<A = unknown> {
  readonly schema: Schema.Codec<A, A>
  readonly default: A
  readonly unit: string
  /** The range in words, for errors and the reference page. */
  readonly range: string
  readonly description: string
  readonly programs: ReadonlyArray<Program>
}

export const Program = Schema.Literals(["ingestor", "alerter", "moog-forwarder", "web-ui"])
export type Program = typeof Program.Type

const int = (
  range: readonly [number, number],
  value: number,
  unit: string,
  programs: ReadonlyArray<Program>,
  description: string
): SettingDefinition<number> => ({
  schema: Schema.Int.check(Schema.isBetween({ minimum: range[0], maximum: range[1] })),
  default: value,
  unit,
  range: `${range[0]} to ${range[1]}`,
  description,
  programs
})

const oneOf = <const L extends ReadonlyArray<string>>(
  literals: L,
  value: L[number],
  programs: ReadonlyArray<Program>,
  description: string
): SettingDefinition<L[number]> => ({
  schema: Schema.Literals(literals),
  default: value,
  unit: "",
  range: literals.join(" | "),
  description,
  programs
})

const mebibyte = 1_048_576

const all: ReadonlyArray<Program> = ["ingestor", "alerter", "moog-forwarder", "web-ui"]

/** All dynamic settings. */
export const settings = {
  max_ingest_queue_size: int(
    [1_000, 100_000_000],
    1_000_000,
    "events",
    ["ingestor"],
    "Events waiting for the alerter beyond which intake answers 503. A sender may fill half of the queue, and of the rest as much as it leaves free."
  ),
  max_ingest_queue_bytes: int(
    [mebibyte, 1_048_576 * mebibyte],
    1_024 * mebibyte,
    "bytes",
    ["ingestor"],
    "Bytes of the events waiting for the alerter beyond which intake answers 503; shared as max_ingest_queue_size is."
  ),
  quarantine_max_records: int(
    [1_000, 10_000_000],
    100_000,
    "records",
    ["ingestor"],
    "Refused records that are kept. A sender may hold as many as are left free; what is beyond its share is counted and not kept."
  ),
  quarantine_max_bytes: int(
    [mebibyte, 65_536 * mebibyte],
    256 * mebibyte,
    "bytes",
    ["ingestor"],
    "Bytes of the refused records that are kept; shared as quarantine_max_records is."
  ),
  quarantine_retention_days: int(
    [1, 3_650],
    30,
    "days",
    ["ingestor"],
    "How long a refused record is kept; an older one makes room when another comes."
  ),
  ingest_max_rate: int(
    [1, 10_000_000],
    1_000_000,
    "events",
    ["ingestor"],
    "Records one API key may send per ingest_rate_window, refused ones too; beyond it intake answers 503 with Retry-After."
  ),
  ingest_rate_window: int([1, 3_600], 1, "s", ["ingestor"], "Window of ingest_max_rate."),
  syslog_time_zone: {
    schema: TimeZoneName,
    default: "UTC",
    unit: "",
    range: timeZoneWords,
    description: "Zone of times that devices write without one. Hosts may have zones of their own: mutt host-zones.",
    programs: ["ingestor"]
  },
  cache_reload_interval: int(
    [1, 86_400],
    300,
    "s",
    ["alerter"],
    "How often the rules are re-read even when nobody announced a change."
  ),
  unhandled_threshold: int(
    [1, 1_000_000],
    100,
    "events",
    ["alerter"],
    "Like messages without a rule that raise one meta-alert."
  ),
  unhandled_expiry_seconds: int(
    [60, 2_592_000],
    86_400,
    "s",
    ["alerter"],
    "Window in which like messages are counted, and in which their meta-alert is not repeated."
  ),
  alerter_queue_warn_threshold: int(
    [1, 100_000_000],
    10_000,
    "alerts",
    ["alerter"],
    "Alerts waiting for delivery above which the alerter warns."
  ),
  alerter_queue_shed_threshold: int(
    [1, 100_000_000],
    100_000,
    "alerts",
    ["alerter"],
    "Alerts waiting for delivery above which alerter_shed_mode applies."
  ),
  alerter_shed_mode: oneOf(
    ["defer", "dlq"],
    "defer",
    ["alerter"],
    "Above the shed threshold: defer stops reading events until alerts drain; dlq keeps new events as dead letters, to be replayed."
  ),
  alerter_defer_sleep_ms: int([10, 60_000], 250, "ms", ["alerter"], "Pause between looks while deferring."),
  moog_rate_limit: int(
    [1, 100_000],
    50,
    "alerts",
    ["moog-forwarder"],
    "Alerts all forwarders together may send per moog_rate_period."
  ),
  moog_rate_period: int([1, 3_600], 1, "s", ["moog-forwarder"], "Period of moog_rate_limit."),
  moog_max_retries: int(
    [0, 1_000_000],
    1_000,
    "retries",
    ["moog-forwarder"],
    "Retries of one alert before it becomes a dead letter. Only what the platform refuses while it takes others counts; an outage costs none."
  ),
  circuit_breaker_threshold: int(
    [1, 10_000],
    10,
    "failures",
    ["moog-forwarder"],
    "Failures in a row that open the breaker."
  ),
  circuit_breaker_timeout: int(
    [1, 3_600],
    30,
    "s",
    ["moog-forwarder"],
    "How long an open breaker waits before it sends one probe."
  ),
  metrics_cache_ttl: int([0, 300], 5, "s", ["web-ui"], "How long the answer of the metrics API may be reused."),
  event_retention_days: int([1, 3_650], 90, "days", ["web-ui"], "How long event audit rows are kept."),
  event_archive: {
    schema: ArchivePlace,
    default: "off",
    unit: "",
    range: archiveWords,
    description: "Where each day of events is archived, before event_retention_days lets go of it.",
    programs: ["web-ui"]
  },
  silence_max_days: int(
    [1, 365],
    30,
    "days",
    ["web-ui"],
    "How long a silence without a schedule may last; one that is there already keeps its end."
  ),
  session_not_before: {
    schema: UtcTime,
    default: "1970-01-01T00:00:00Z",
    unit: "",
    range: utcTimeWords,
    description: "Logins of the console that began before it have ended. A time to come counts when it has come.",
    programs: ["web-ui"]
  },
  trace_ratio: {
    schema: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
    default: 0.001,
    unit: "",
    range: "0 to 1",
    description: "Part of the arrivals whose trace is told, where MUTT_OTEL_MODE is not off and no sender decided.",
    programs: ["ingestor"]
  },
  log_level: oneOf(["debug", "info", "warn", "error"], "info", all, "Least level a program logs.")
} as const satisfies Readonly<
  Record<string, SettingDefinition<never> | SettingDefinition<number> | SettingDefinition<string>>
>

export type SettingKey = keyof typeof settings
export type SettingValues = { readonly [K in SettingKey]: (typeof settings)[K]["schema"]["Type"] }

export const settingKeys = Object.keys(settings) as ReadonlyArray<SettingKey>
export const isSettingKey = (name: string): name is SettingKey => Object.hasOwn(settings, name)

/** Every setting at its default. */
export const defaults = Object.fromEntries(settingKeys.map((key) => [key, settings[key].default])) as SettingValues

/** Checks the rules between settings; one line for each that is broken. */
export const crossFieldProblems = (values: SettingValues): ReadonlyArray<string> =>
  values.alerter_queue_warn_threshold > values.alerter_queue_shed_threshold
    ? ["alerter_queue_warn_threshold must not be above alerter_queue_shed_threshold."]
    : []

/** Checks one value; `undefined` when it is good. */
export const settingProblem = (key: SettingKey, value: unknown): string | undefined =>
  Schema.is<Schema.Top>(settings[key].schema)(value) ? undefined : `${key} must be ${settings[key].range}.`

/** Reads all settings from JSON, absent ones at their defaults, other keys ignored. One bad value refuses all. */
export const settingValues = (
  given: ReadonlyMap<string, unknown>
): Result.Result<SettingValues, ReadonlyArray<string>> => {
  const known = settingKeys.filter((key) => given.has(key))
  const problems = known.flatMap((key) => settingProblem(key, given.get(key)) ?? [])
  if (problems.length > 0) return Result.fail(problems)
  const values = { ...defaults, ...Object.fromEntries(known.map((key) => [key, given.get(key)])) }
  const broken = crossFieldProblems(values)
  return broken.length > 0 ? Result.fail(broken) : Result.succeed(values)
}
