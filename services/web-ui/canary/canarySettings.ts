import { Config, ConfigProvider, Effect } from "effect"
import { between, inMillis, type Setting, setting, type SettingsOf } from "../../../layers/environment/setting.ts"

export type CanaryValues = {
  /** Between two canaries; 0: none is sent. */
  readonly canarySeconds: number
  /** Milliseconds to look for one in the record. */
  readonly canaryTimeout: number
  /** The ingestor that they are sent through. */
  readonly canaryUrl: URL
}

const refuse = (why: string) => Effect.fail(new Config.ConfigError(new ConfigProvider.SourceError({ message: why })))

/** A problem never names the value: a URL may hold secrets. */
const ingestorUrl = (name: string): Config.Config<URL> =>
  Config.String(name).pipe(
    Config.withDefault("http://127.0.0.1:8080"),
    Config.mapEffect((text) => {
      const url = URL.parse(text)
      if (url === null || !/^https?:$/.test(url.protocol)) return refuse("it is no http or https URL")
      if (url.username !== "" || url.password !== "") {
        return refuse("it must hold no user or password; the key comes from the secret CANARY_API_KEY")
      }
      return Effect.succeed(url)
    })
  )

const url: Setting<URL> = {
  name: "MUTT_CANARY_URL",
  config: ingestorUrl("MUTT_CANARY_URL"),
  show: ({ origin, pathname }) => `${origin}${pathname}`
}

export const canarySettings: SettingsOf<CanaryValues> = {
  canarySeconds: setting("MUTT_CANARY_SECONDS", between(0, 86_400), 0),
  canaryTimeout: inMillis(setting("MUTT_CANARY_TIMEOUT_SECONDS", between(1, 3_600), 60)),
  canaryUrl: url
}
