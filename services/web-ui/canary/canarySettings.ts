import { Config, ConfigProvider, Effect } from "effect"
import { between, inMillis, setting, type SettingsOf } from "../../../layers/environment/setting.ts"

export type CanaryValues = {
  /** Between two canaries; 0: none is sent. */
  readonly canarySeconds: number
  /** Milliseconds to look for one in the record. */
  readonly canaryTimeout: number
  /** The ingestor that they are sent through, without a slash at its end. */
  readonly canaryUrl: string
}

const refuse = (why: string) => Effect.fail(new Config.ConfigError(new ConfigProvider.SourceError({ message: why })))

/** A problem never names the value: a URL may hold secrets. */
const address = (name: string): Config.Config<string> =>
  Config.String(name).pipe(
    Config.mapEffect((text) => {
      const url = URL.parse(text)
      if (url === null || !/^https?:$/.test(url.protocol)) return refuse("it is no http or https URL")
      if (url.username + url.password + url.search !== "") {
        return refuse("it must hold no user, password or query; the key comes from the secret CANARY_API_KEY")
      }
      return Effect.succeed(`${url.origin}${url.pathname.replace(/\/+$/, "")}`)
    })
  )

export const canarySettings: SettingsOf<CanaryValues> = {
  canarySeconds: setting("MUTT_CANARY_SECONDS", between(0, 86_400), 0),
  canaryTimeout: inMillis(setting("MUTT_CANARY_TIMEOUT_SECONDS", between(1, 3_600), 60)),
  canaryUrl: setting("MUTT_CANARY_URL", address, "http://127.0.0.1:8080")
}
