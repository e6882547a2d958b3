import { Config, ConfigProvider, Context, Effect, Schema } from "effect"
import { s3Settings, type S3Values } from "../../layers/archive/S3Settings.ts"
import { trapNamesPath } from "../../layers/config/TrapTable.ts"
import {
  between,
  flag,
  hidden,
  httpUrl,
  optionalSetting,
  setting,
  type SettingsOf
} from "../../layers/environment/setting.ts"
import { durabilitySettings, type DurabilityValues } from "../../layers/queue/QueueDurability.ts"
import { Program } from "../../src/domain/Settings.ts"
import { canarySettings, type CanaryValues } from "./canary/canarySettings.ts"
import { oidcSettings, type OidcValues } from "./session/oidcSettings.ts"

/** The address of one replica of a program. */
export interface ProgramAddress {
  readonly program: Program
  readonly url: string
}

/** The static settings of the web UI alone. */
export type WebUiValues =
  & {
    /** The replicas whose health `GET /api/v1/status` shows; `undefined`: those that report themselves. */
    readonly programs: ReadonlyArray<ProgramAddress> | undefined
    /** Bytes of a list in one answer. A page that would have more ends early. */
    readonly pageMaxBytes: number
    /** Dead letters or alerts that one request looks at. A list goes on from there; numbers say that they are not exact. */
    readonly scanMost: number
    /** Seconds that a change by filter may take. It answers with what is left. */
    readonly sweepSeconds: number
    /** File for checkpoints of the audit chain. Without it a chain rewritten as a whole goes unnoticed. */
    readonly checkpointFile: string | undefined
    /** The Vault role that may write secrets, by the way that all log in (Kubernetes, certificate) or by AppRole. */
    readonly rotatorRole: string | undefined
    readonly rotatorRoleId: string | undefined
    readonly rotatorSecretIdFile: string | undefined
    /** Most open streams in all and per key, and the seconds after which one ends. */
    readonly streamsMost: number
    readonly streamsPerKey: number
    readonly streamSeconds: number
    /** Most tails of events that are open at once. */
    readonly tailsMost: number
    /** Seconds that a search or a count of events may take. */
    readonly searchSeconds: number
    /** Bytes of a file of rules that `POST /rules/apply` takes. */
    readonly rulesFileMaxBytes: number
    /** Seconds that `POST /rules/test` may compute until it has the rule. */
    readonly trialSeconds: number
    /** So many of the newest hours of the record are compared with the books each hour. */
    readonly recordCheckHours: number
    /** Most seconds that a backtest reads, and most events. */
    readonly backtestSeconds: number
    readonly backtestEvents: number
    /** The same of the preview of a silence. */
    readonly previewSeconds: number
    readonly previewEvents: number
    /** Silences that may be in force or to come. */
    readonly silencesMost: number
    /** Logins go over plain HTTP from other machines too. */
    readonly plainHttp: boolean
    /** Where Prometheus answers, which counts the objectives. */
    readonly prometheusUrl: string | undefined
    /** File with names of traps and variables, for the replay of quarantined records. */
    readonly trapNamesPath: string | undefined
    /** The folder of the built console; absent: where `npm run console` puts it. */
    readonly consoleFolder: string | undefined
  }
  & CanaryValues
  & S3Values
  & OidcValues
  & DurabilityValues

export class WebUiSettings
  extends Context.Service<WebUiSettings, WebUiValues>()("mutt/services/web-ui/WebUiSettings")
{}

const isProgram = Schema.is(Program)

/** Reads `name=url,name=url`; a name may come again for each replica. */
export const programsOf = (text: string): ReadonlyArray<ProgramAddress> | string => {
  const addresses: Array<ProgramAddress> = []
  for (const part of text.split(",").map((piece) => piece.trim()).filter((piece) => piece !== "")) {
    const at = part.indexOf("=")
    const [program, url] = [part.slice(0, Math.max(at, 0)).trim(), part.slice(at + 1).trim()]
    if (!isProgram(program)) return `${JSON.stringify(program)} is none of ${Program.literals.join(", ")}`
    const parsed = URL.parse(url)
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
      return `the address of ${program} is no http or https URL`
    }
    if (parsed.username !== "" || parsed.password !== "") {
      return `the address of ${program} must hold no user or password`
    }
    addresses.push({ program, url: url.replace(/\/+$/, "") })
  }
  return addresses
}

const programs = Config.String("MUTT_PROGRAMS").pipe(
  Config.mapEffect((text) => {
    const found = programsOf(text)
    return typeof found === "string"
      ? Effect.fail(new Config.ConfigError(new ConfigProvider.SourceError({ message: found })))
      : Effect.succeed(found)
  }),
  Config.withDefault(undefined)
)

export const standardStreams = {
  streamsMost: 256,
  streamsPerKey: 32,
  streamSeconds: 3_600,
  tailsMost: 50,
  searchSeconds: 5
} as const

export const standardScan = { scanMost: 20_000, sweepSeconds: 20 } as const

export const standardReading = {
  backtestSeconds: 60,
  backtestEvents: 1_000_000,
  previewSeconds: 3,
  previewEvents: 200_000,
  silencesMost: 20_000
} as const

export const webUiSettings: SettingsOf<WebUiValues> = {
  programs: {
    name: "MUTT_PROGRAMS",
    config: programs,
    show: (addresses) => addresses?.map(({ program, url }) => `${program}=${url}`).join(",")
  },
  pageMaxBytes: setting("API_PAGE_MAX_BYTES", between(65_536, 268_435_456), 4_194_304),
  scanMost: setting("API_SCAN_MAX", between(100, 1_000_000), standardScan.scanMost),
  sweepSeconds: setting("API_SWEEP_SECONDS", between(1, 600), standardScan.sweepSeconds),
  checkpointFile: optionalSetting("AUDIT_CHECKPOINT_FILE", Config.NonEmptyString),
  rotatorRole: hidden(optionalSetting("VAULT_ROTATOR_ROLE", Config.NonEmptyString)),
  rotatorRoleId: hidden(optionalSetting("VAULT_ROTATOR_ROLE_ID", Config.NonEmptyString)),
  rotatorSecretIdFile: hidden(optionalSetting("VAULT_ROTATOR_SECRET_ID_FILE", Config.NonEmptyString)),
  streamsMost: setting("STREAMS_MAX", between(1, 10_000), standardStreams.streamsMost),
  streamsPerKey: setting("STREAMS_MAX_PER_KEY", between(1, 10_000), standardStreams.streamsPerKey),
  streamSeconds: setting("STREAM_MAX_SECONDS", between(1, 86_400), standardStreams.streamSeconds),
  tailsMost: setting("EVENT_TAILS_MAX", between(1, 1_000), standardStreams.tailsMost),
  searchSeconds: setting("EVENT_SEARCH_SECONDS", between(1, 60), standardStreams.searchSeconds),
  rulesFileMaxBytes: setting("RULES_FILE_MAX_BYTES", between(1_048_576, 67_108_864), 8_388_608),
  trialSeconds: setting("RULES_TEST_SECONDS", between(1, 60), 2),
  recordCheckHours: setting("RECORD_CHECK_HOURS", between(1, 46), 3),
  backtestSeconds: setting("BACKTEST_SECONDS", between(1, 600), standardReading.backtestSeconds),
  backtestEvents: setting("BACKTEST_MAX_EVENTS", between(1_000, 100_000_000), standardReading.backtestEvents),
  previewSeconds: setting("SILENCE_PREVIEW_SECONDS", between(1, 60), standardReading.previewSeconds),
  previewEvents: setting("SILENCE_PREVIEW_MAX_EVENTS", between(1_000, 10_000_000), standardReading.previewEvents),
  silencesMost: setting("SILENCES_MAX", between(1, 1_000_000), standardReading.silencesMost),
  plainHttp: setting("WEBUI_PLAIN_HTTP", flag, false),
  prometheusUrl: optionalSetting("PROMETHEUS_URL", httpUrl),
  trapNamesPath,
  consoleFolder: optionalSetting("CONSOLE_DIR", Config.NonEmptyString),
  ...canarySettings,
  ...s3Settings,
  ...oidcSettings,
  ...durabilitySettings
}
