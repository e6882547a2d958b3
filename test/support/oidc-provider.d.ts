/** What tests use of it: the package has no types of its own. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http"

  interface Context {
    readonly oidc: {
      readonly client: { readonly clientId: string }
      readonly session: { readonly accountId: string }
      readonly provider: Provider
    }
  }

  interface Grant {
    readonly addOIDCScope: (scope: string) => void
    readonly save: () => Promise<string>
  }

  interface Configuration {
    readonly clients: ReadonlyArray<object>
    readonly jwks: { readonly keys: ReadonlyArray<object> }
    readonly cookies: { readonly keys: ReadonlyArray<string> }
    readonly claims: Readonly<Record<string, ReadonlyArray<string>>>
    /** Seconds. */
    readonly ttl: Readonly<Record<string, number>>
    readonly features: { readonly devInteractions: { readonly enabled: boolean } }
    readonly interactions: { readonly url: (context: Context, interaction: { readonly uid: string }) => string }
    readonly findAccount: (context: Context, id: string) => {
      readonly accountId: string
      readonly claims: (use: "id_token" | "userinfo") => Readonly<Record<string, unknown>>
    }
    readonly loadExistingGrant: (context: Context) => Promise<Grant>
  }

  export class Provider {
    constructor(issuer: string, configuration: Configuration)
    readonly Grant: new(of: { readonly accountId: string; readonly clientId: string }) => Grant
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: { readonly login: { readonly accountId: string; readonly ts: number } }
    ): Promise<void>
  }
}
