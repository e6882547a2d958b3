import { Config, ConfigProvider, Context, Effect, Schema } from "effect"
import { optionalSetting, setting, type SettingsOf } from "../environment/setting.ts"

export type S3Values = {
  /** Where the store answers; without it no archive can be in a bucket. */
  readonly s3Endpoint: string | undefined
  readonly s3Region: string
  /** The authority that signed the store's certificate; `undefined`: one that the system knows. */
  readonly s3CaFile: string | undefined
}

/** The static settings of an archive in a bucket. */
export class S3Settings extends Context.Service<S3Settings, S3Values>()("mutt/layers/archive/S3Settings") {}

const endpoint = (name: string): Config.Config<string> =>
  Config.String(name).pipe(
    Config.mapEffect((text) => {
      const url = URL.parse(text)
      return url !== null && /^https?:$/.test(url.protocol) &&
          url.username + url.password + url.search + url.hash === ""
        ? Effect.succeed(url.href.replace(/\/+$/, ""))
        : Effect.fail(
          new Config.ConfigError(
            new ConfigProvider.SourceError({
              message: "it is no http or https URL without user, password and query; the bucket is in event_archive"
            })
          )
        )
    })
  )

const Region = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9-]{1,64}$/, { message: "Expected the name of a region" })
)

export const s3Settings: SettingsOf<S3Values> = {
  s3Endpoint: optionalSetting("ARCHIVE_S3_ENDPOINT", endpoint),
  s3Region: setting("ARCHIVE_S3_REGION", (name) => Config.schema(Region, name), "us-east-1"),
  s3CaFile: optionalSetting("ARCHIVE_S3_CA_FILE", Config.NonEmptyString)
}
