import { Effect } from "effect"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import { createHash } from "node:crypto"
import type { CustomFetch } from "openid-client"

export const issuer = "https://login.example"
export const clientId = "mutt-console"

/** A provider of logins in memory. Each code that it gives is for what was asked at its page. */
export const makeOidcStandIn = Effect.gen(function*() {
  const { privateKey, publicKey } = yield* Effect.promise(() => generateKeyPair("RS256"))
  const jwk = yield* Effect.promise(() => exportJWK(publicKey))
  const codes = new Map<string, { readonly challenge: string; readonly nonce: string; readonly claims: object }>()
  let away = false
  let userinfo: (() => Response) | undefined
  const asked: Array<string> = []

  const json = (status: number, body: unknown) =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } })

  const token = async (form: URLSearchParams) => {
    const code = form.get("code") ?? ""
    const asked = codes.get(code)
    codes.delete(code)
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url")
    if (asked === undefined || asked.challenge !== challenge) return json(400, { error: "invalid_grant" })
    const idToken = await new SignJWT({ ...asked.claims, nonce: asked.nonce }).setProtectedHeader({ alg: "RS256" })
      .setIssuer(issuer).setAudience(clientId).setIssuedAt().setExpirationTime("5 minutes").sign(privateKey)
    return json(200, { access_token: "for-userinfo", token_type: "bearer", id_token: idToken })
  }

  const fetch: CustomFetch = async (url, { body, headers }) => {
    if (away) throw new TypeError("fetch failed")
    const { pathname } = new URL(url)
    if (pathname === "/.well-known/openid-configuration") {
      return json(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        userinfo_endpoint: `${issuer}/userinfo`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"]
      })
    }
    if (pathname === "/jwks") return json(200, { keys: [jwk] })
    if (pathname === "/userinfo") {
      asked.push(new Headers(headers).get("authorization") ?? "")
      return userinfo?.() ?? json(404, {})
    }
    return pathname === "/token" ? token(new URLSearchParams(String(body))) : json(404, {})
  }

  return {
    fetch,
    /** Somebody with these claims logs in at the page that he was sent to; gives where he is sent back to. */
    logIn: (address: string, claims: object): URL => {
      const asked = new URL(address).searchParams
      const code = `code-${codes.size}`
      codes.set(code, { challenge: asked.get("code_challenge") ?? "", nonce: asked.get("nonce") ?? "", claims })
      const back = new URL(asked.get("redirect_uri") ?? "")
      back.search = new URLSearchParams({ code, state: asked.get("state") ?? "" }).toString()
      return back
    },
    /** What it says of somebody when it is asked again, or throws when it does not answer. */
    says: (claims: () => object) => {
      userinfo = () => json(200, claims())
    },
    /** What was shown each time when userinfo was asked. */
    asked,
    setAway: (is: boolean) => {
      away = is
    }
  }
})
