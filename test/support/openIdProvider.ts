import { Effect, type Scope } from "effect"
import { exportJWK, generateKeyPair } from "jose"
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http"
import { text } from "node:stream/consumers"
import { Provider } from "oidc-provider"
import { listening } from "./listening.ts"

/** A provider of logins on this machine, as a program of its own would be. */
export interface OpenIdProvider {
  readonly issuer: string
  readonly clientId: string
  /** Lets people in who are sent back to this address. Until then it answers nobody. */
  readonly serve: (redirectUri: string) => Effect.Effect<void>
  /** So long ago somebody who logs in now has proved who it is: it remembers people for hours. */
  readonly remembersSince: (minutes: number) => Effect.Effect<void>
}

const loginPage = `<!doctype html><html lang="en"><head><title>Provider</title><link rel="icon" href="data:,"></head>
<body><main><h1>The provider</h1><form method="post"><label>Account <input name="account" autofocus></label>
<button>Go on</button></form></main></body></html>`

/**
 * Starts one that knows these people, each with what it claims of them; of those in `inUserinfo` it tells that only when
 * it is asked for it. Whoever is there needs no password.
 */
export const openIdProvider = (
  people: Readonly<Record<string, object>>,
  inUserinfo: Readonly<Record<string, object>> = {}
): Effect.Effect<OpenIdProvider, never, Scope.Scope> =>
  Effect.gen(function*() {
    const clientId = "mutt-console"
    const { privateKey } = yield* Effect.promise(() => generateKeyPair("RS256", { extractable: true }))
    const key = yield* Effect.promise(() => exportJWK(privateKey))
    let answer: RequestListener = (_request, response) => void response.writeHead(503).end()
    let remembered = 0
    const port = yield* listening(createServer((request, response) => answer(request, response)))
    // Another site than that of the programs, as it is in the field.
    const issuer = `http://localhost:${port}`

    const begin = (redirectUri: string) => {
      const provider = new Provider(issuer, {
        clients: [{
          client_id: clientId,
          application_type: "web",
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: "none"
        }],
        jwks: { keys: [{ ...key, alg: "RS256", use: "sig" }] },
        cookies: { keys: [randomBytes(18).toString("hex")] },
        claims: { openid: ["sub", "groups", "email", "email_verified"], profile: [], email: [] },
        ttl: { AccessToken: 600, Grant: 3_600, IdToken: 600, Interaction: 600, Session: 3_600 },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
        findAccount: (_context, id) => ({
          accountId: id,
          claims: (use) => ({ sub: id, ...people[id], ...use === "userinfo" ? inUserinfo[id] : {} })
        }),
        loadExistingGrant: async ({ oidc: { client, provider, session } }) => {
          const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
          grant.addOIDCScope("openid profile email")
          await grant.save()
          return grant
        }
      })
      const others = provider.callback()
      const logIn = async (request: IncomingMessage, response: ServerResponse) => {
        const accountId = new URLSearchParams(await text(request)).get("account") ?? ""
        const ts = Math.floor(Date.now() / 1_000) - remembered * 60
        await provider.interactionFinished(request, response, { login: { accountId, ts } })
      }
      answer = (request, response) => {
        if (request.url?.startsWith("/interaction/") !== true) return others(request, response)
        if (request.method === "POST") return void logIn(request, response)
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(loginPage)
      }
    }
    return {
      issuer,
      clientId,
      serve: (redirectUri) => Effect.sync(() => begin(redirectUri)),
      remembersSince: (minutes) =>
        Effect.sync(() => {
          remembered = minutes
        })
    }
  })
