import { Config, ConfigProvider, Context, Effect } from "effect"
import { between, flag, type Setting, setting, type SettingsOf } from "../../layers/environment/setting.ts"

/** The static settings of the forwarder. Times are seconds, as in the environment. */
export type ForwarderValues = {
  /** Where alerts are posted. Has no default: alerts and the key go nowhere by accident. */
  readonly webhookUrl: URL
  readonly allowHttp: boolean
  /** For one alert, the second request with the other key included. */
  readonly timeout: number
  readonly retryBaseDelay: number
  readonly retryMaxDelay: number
  /** How long a claim outlasts the slowest delivery. Bounds how long a killed forwarder's alerts wait, too. */
  readonly leaseMargin: number
  /** Deliveries at one time. */
  readonly concurrency: number
}

export class ForwarderSettings extends Context.Service<ForwarderSettings, ForwarderValues>()(
  "mutt/services/moog-forwarder/ForwarderSettings"
) {}

const refuse = (why: string) => Effect.fail(new Config.ConfigError(new ConfigProvider.SourceError({ message: why })))

const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(?:\.\d+){3}$/.test(host)

/** A problem never names the value: a URL may hold secrets. */
const webhookUrl = (name: string): Config.Config<URL> =>
  Config.all([Config.String(name), Config.withDefault(flag("MOOG_WEBHOOK_ALLOW_HTTP"), false)])
    .pipe(
      Config.mapEffect(([text, allowHttp]) => {
        const url = URL.parse(text)
        if (url === null) return refuse("not a URL")
        if (url.username !== "" || url.password !== "") {
          return refuse("it must hold no user or password; the key comes from the secret MOOG_API_KEY")
        }
        if (url.protocol === "https:") return Effect.succeed(url)
        if (url.protocol !== "http:") return refuse("it must begin with https://")
        return allowHttp || isLoopback(url.hostname)
          ? Effect.succeed(url)
          : refuse("it must begin with https://, or MOOG_WEBHOOK_ALLOW_HTTP must be true")
      })
    )

const withoutQuery = (url: URL): string => `${url.origin}${url.pathname}`

const seconds = (minimum: number, maximum: number) => (name: string): Config.Config<number> =>
  Config.Finite(name).pipe(
    Config.mapEffect((value) =>
      value >= minimum && value <= maximum
        ? Effect.succeed(value)
        : refuse(`it must be between ${minimum} and ${maximum} seconds`)
    )
  )

const webhook: Setting<URL> = { name: "MOOG_WEBHOOK_URL", config: webhookUrl("MOOG_WEBHOOK_URL"), show: withoutQuery }

export const forwarderSettings: SettingsOf<ForwarderValues> = {
  webhookUrl: webhook,
  allowHttp: setting("MOOG_WEBHOOK_ALLOW_HTTP", flag, false),
  timeout: setting("MOOG_WEBHOOK_TIMEOUT", seconds(0.1, 300), 10),
  retryBaseDelay: setting("MOOG_RETRY_BASE_DELAY", seconds(0.01, 3_600), 1),
  retryMaxDelay: setting("MOOG_RETRY_MAX_DELAY", seconds(0.01, 3_600), 60),
  leaseMargin: setting("MOOG_LEASE_MARGIN", seconds(1, 300), 10),
  concurrency: setting("MOOG_CONCURRENCY", between(1, 1_000), 16)
}
