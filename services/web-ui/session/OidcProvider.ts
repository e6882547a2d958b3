import { Context, Effect, Layer, Option, Redacted, Schema } from "effect"
import * as oidc from "openid-client"
import { oidcSecretName } from "../../../layers/secret/names.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { type Claims, completedBy, lacksRole, type OidcRole } from "./oidcRoles.ts"

/** The provider did not answer, or not what it should. */
export class OidcUnavailable extends Schema.TaggedError<OidcUnavailable>()("OidcUnavailable", {
  detail: Schema.String
}) {}

/** What came back proves no login: another state, a code that is not good, a token for somebody else. */
export class OidcRefused extends Schema.TaggedError<OidcRefused>()("OidcRefused", { detail: Schema.String }) {}

/** What the browser keeps, sealed, while somebody is at the provider. */
export const OidcFlow = Schema.Struct({
  state: Schema.String,
  nonce: Schema.String,
  verifier: Schema.String,
  redirectUri: Schema.String,
  /** Somebody has to prove anew who it is, whatever the provider remembers. */
  fresh: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  /** Milliseconds since 1970. */
  until: Schema.Int
})
export type OidcFlow = typeof OidcFlow.Type

/** How the provider is reached. Tests have one in memory. */
export const OidcFetch = Context.Reference<oidc.CustomFetch>("mutt/services/web-ui/session/OidcFetch", {
  defaultValue: () => (url, options) => fetch(url, { ...options, body: options.body ?? null })
})

const answerSeconds = 5
/** Whoever proved himself to the provider longer ago than a login lasts does so again. */
const longestSeconds = "43200"
/** The description of the provider is read again after it. */
const knownMs = 600_000

/** Lets an OpenID Connect provider say who somebody is: authorization code, with PKCE. */
export class OidcProvider extends Context.Service<OidcProvider, {
  readonly isOn: boolean
  /** Where to send somebody. */
  readonly begin: (
    flow: Pick<OidcFlow, "redirectUri" | "fresh" | "until">
  ) => Effect.Effect<{ readonly flow: OidcFlow; readonly address: string }, OidcUnavailable>
  /** Who came back. Where the ID token does not say the role, userinfo is asked. */
  readonly finish: (
    flow: OidcFlow,
    query: string,
    role: { readonly claim: string; readonly wanted: ReadonlyArray<OidcRole> }
  ) => Effect.Effect<Claims, OidcUnavailable | OidcRefused>
}>()("mutt/services/web-ui/session/OidcProvider") {
  static readonly layer = Layer.effect(
    OidcProvider,
    Effect.gen(function*() {
      const { oidcClientId = "", oidcIssuer = "" } = yield* WebUiSettings
      const secrets = yield* Secrets
      const ask = yield* OidcFetch
      const issuer = URL.parse(oidcIssuer)
      let known: { readonly metadata: oidc.ServerMetadata; readonly until: number } | undefined

      const options = {
        [oidc.customFetch]: ask,
        timeout: answerSeconds,
        ...(issuer?.protocol === "http:" ? { execute: [oidc.allowInsecureRequests] } : {})
      }
      const discover = Effect.fnUntraced(function*(url: URL) {
        const now = yield* steadyMillis
        if (known !== undefined && now < known.until) return known.metadata
        const found = yield* Effect.tryPromise({
          try: () => oidc.discovery(url, oidcClientId, undefined, oidc.None(), options),
          catch: unavailable
        })
        known = { metadata: found.serverMetadata(), until: now + knownMs }
        return known.metadata
      })

      /** With the secret of the client as the store has it now. */
      const configuration = Effect.gen(function*() {
        if (issuer === null) return yield* new OidcUnavailable({ detail: "OIDC_ISSUER is not set." })
        const metadata = yield* discover(issuer)
        const secret = yield* Effect.option(secrets.get(oidcSecretName))
        const value = Option.flatMap(secret, ({ current }) => current)
        const config = new oidc.Configuration(
          metadata,
          oidcClientId,
          undefined,
          Option.match(value, {
            onNone: () => oidc.None(),
            onSome: (text) => oidc.ClientSecretPost(Redacted.value(text))
          })
        )
        config[oidc.customFetch] = ask
        config.timeout = answerSeconds
        if (issuer.protocol === "http:") oidc.allowInsecureRequests(config)
        return config
      })

      return OidcProvider.of({
        isOn: oidcIssuer !== "" && oidcClientId !== "",
        begin: Effect.fnUntraced(function*({ fresh, redirectUri, until }) {
          const config = yield* configuration
          const verifier = oidc.randomPKCECodeVerifier()
          const flow = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier, redirectUri, fresh, until }
          const challenge = yield* Effect.promise(() => oidc.calculatePKCECodeChallenge(verifier))
          const address = oidc.buildAuthorizationUrl(config, {
            redirect_uri: redirectUri,
            scope: "openid profile email",
            state: flow.state,
            nonce: flow.nonce,
            code_challenge: challenge,
            code_challenge_method: "S256",
            // With it the provider says when somebody has proved who it is.
            max_age: fresh ? "0" : longestSeconds,
            ...(fresh ? { prompt: "login" } : {})
          })
          return { flow, address: address.href }
        }),
        finish: Effect.fnUntraced(function*({ nonce, redirectUri, state, verifier }, query, role) {
          const config = yield* configuration
          const tokens = yield* Effect.tryPromise({
            try: () =>
              oidc.authorizationCodeGrant(config, new URL(`${redirectUri}${query}`), {
                expectedState: state,
                expectedNonce: nonce,
                pkceCodeVerifier: verifier,
                idTokenExpected: true
              }),
            catch: refusedOr
          })
          const claims: Claims = { ...tokens.claims() }
          const asks = config.serverMetadata().userinfo_endpoint !== undefined
          if (!asks || !lacksRole(claims, role.claim, role.wanted)) return claims
          const info = yield* Effect.tryPromise({
            // Refuses what is said of somebody else.
            try: () => oidc.fetchUserInfo(config, tokens.access_token, String(claims["sub"])),
            catch: refusedOr
          })
          return completedBy(info, claims, role.claim)
        })
      })
    })
  )
}

const wordsOf = (cause: unknown): string => cause instanceof Error ? `${cause.name}: ${cause.message}` : "unknown"

const unavailable = (cause: unknown) => new OidcUnavailable({ detail: wordsOf(cause) })

/** Trouble on the way is `TypeError` of fetch, or a timeout; all else is what came back. */
const refusedOr = (cause: unknown) =>
  cause instanceof TypeError || (cause instanceof Error && /^(?:TimeoutError|AbortError)$/.test(cause.name))
    ? unavailable(cause)
    : new OidcRefused({ detail: wordsOf(cause) })
