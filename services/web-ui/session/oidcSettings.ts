import { Config, ConfigProvider, Effect } from "effect"
import { optionalSetting, setting, type SettingsOf } from "../../../layers/environment/setting.ts"
import { parseOidcRoles } from "./oidcRoles.ts"

export type OidcValues = {
  /** Where people log in, of an OpenID Connect provider; without it and the next one, by key alone. */
  readonly oidcIssuer: string | undefined
  readonly oidcClientId: string | undefined
  /** The claim that says which roles somebody has. */
  readonly oidcRoleClaim: string
  /** As `parseOidcRoles` reads it. */
  readonly oidcRoles: string | undefined
}

const refuse = (why: string) => Effect.fail(new Config.ConfigError(new ConfigProvider.SourceError({ message: why })))

const issuer = (name: string): Config.Config<string> =>
  Config.String(name).pipe(
    Config.mapEffect((text) => {
      const url = URL.parse(text)
      const isHere = url?.hostname === "127.0.0.1" || url?.hostname === "localhost" || url?.hostname === "[::1]"
      return url === null || (url.protocol !== "https:" && !(url.protocol === "http:" && isHere))
        ? refuse("it is no https URL")
        : url.username + url.password + url.search + url.hash !== ""
        ? refuse("it must hold no user, password or query")
        : Effect.succeed(text)
    })
  )

const rolesOf = (name: string): Config.Config<string> =>
  Config.String(name).pipe(
    Config.mapEffect((text) => {
      const found = parseOidcRoles(text)
      return typeof found === "string" ? refuse(found) : Effect.succeed(text)
    })
  )

export const oidcSettings: SettingsOf<OidcValues> = {
  oidcIssuer: optionalSetting("OIDC_ISSUER", issuer),
  oidcClientId: optionalSetting("OIDC_CLIENT_ID", Config.NonEmptyString),
  oidcRoleClaim: setting("OIDC_ROLE_CLAIM", Config.NonEmptyString, "groups"),
  oidcRoles: optionalSetting("OIDC_ROLES", rolesOf)
}
