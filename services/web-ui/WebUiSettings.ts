import { Config, ConfigProvider, Context, Effect, Schema } from "effect"
import { trapNamesPath } from "../../layers/config/TrapTable.ts"
import { between, hidden, optionalSetting, setting, type SettingsOf } from "../../layers/environment/setting.ts"
import { Program } from "../../src/domain/Settings.ts"

/** Where one replica of a program answers. */
export interface ProgramAddress {
  readonly program: Program
  readonly url: string
}

/** What only the web UI is told. */
export type WebUiValues = {
  /** Whose health `GET /api/v1/status` shows. */
  readonly programs: ReadonlyArray<ProgramAddress>
  /** Bytes of a list in one answer. A page that would have more ends early, and the next one goes on. */
  readonly pageMaxBytes: number
  /** Where checkpoints of the audit chain are kept; `undefined`: nowhere, and a rewritten chain cannot be told. */
  readonly checkpointFile: string | undefined
  /** The role of Vault that may write secrets; without it nothing is rotated there. */
  readonly rotatorRole: string | undefined
  readonly rotatorSecretIdFile: string | undefined
  /** Streams that may be open, in all and of one key, and the seconds after which one ends. */
  readonly streamsMost: number
  readonly streamsPerKey: number
  readonly streamSeconds: number
  /** Seconds of work that finding the rule may take when rules are tried on an event. */
  readonly trialSeconds: number
  /** File of names of traps and variables, for quarantined records that are read again. */
  readonly trapNamesPath: string | undefined
}

export class WebUiSettings
  extends Context.Service<WebUiSettings, WebUiValues>()("mutt/services/web-ui/WebUiSettings")
{}

const isProgram = Schema.is(Program)

/** `name=url` with commas between; a name may come again for each replica. */
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

const defaultPrograms = [
  "ingestor=http://127.0.0.1:8080",
  "alerter=http://127.0.0.1:8081",
  "moog-forwarder=http://127.0.0.1:8083",
  "web-ui=http://127.0.0.1:8090"
].join(",")

const programs = Config.String("MUTT_PROGRAMS").pipe(
  Config.withDefault(defaultPrograms),
  Config.mapEffect((text) => {
    const found = programsOf(text)
    return typeof found === "string"
      ? Effect.fail(new Config.ConfigError(new ConfigProvider.SourceError({ message: found })))
      : Effect.succeed(found)
  })
)

export const standardStreams = { streamsMost: 256, streamsPerKey: 32, streamSeconds: 3_600 } as const

export const webUiSettings: SettingsOf<WebUiValues> = {
  programs: {
    name: "MUTT_PROGRAMS",
    config: programs,
    show: (addresses) => addresses.map(({ program, url }) => `${program}=${url}`).join(",")
  },
  pageMaxBytes: setting("API_PAGE_MAX_BYTES", between(65_536, 268_435_456), 4_194_304),
  checkpointFile: optionalSetting("AUDIT_CHECKPOINT_FILE", Config.NonEmptyString),
  rotatorRole: hidden(optionalSetting("VAULT_ROTATOR_ROLE_ID", Config.NonEmptyString)),
  rotatorSecretIdFile: hidden(optionalSetting("VAULT_ROTATOR_SECRET_ID_FILE", Config.NonEmptyString)),
  streamsMost: setting("STREAMS_MAX", between(1, 10_000), standardStreams.streamsMost),
  streamsPerKey: setting("STREAMS_MAX_PER_KEY", between(1, 10_000), standardStreams.streamsPerKey),
  streamSeconds: setting("STREAM_MAX_SECONDS", between(1, 86_400), standardStreams.streamSeconds),
  trialSeconds: setting("RULES_TEST_SECONDS", between(1, 60), 2),
  trapNamesPath
}
