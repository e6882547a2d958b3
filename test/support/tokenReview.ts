import { Effect, type Scope } from "effect"
import { generateKeyPairSync, sign } from "node:crypto"
import { createServer } from "node:http"
import { listening } from "./listening.ts"

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

const { privateKey: clusterKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 })

/** The token of a service account, as Kubernetes mounts it. */
export const serviceAccountToken = (account: string, namespace: string, uid = `${account}-1`): string => {
  const claims = {
    iss: "https://kubernetes.default.svc",
    sub: `system:serviceaccount:${namespace}:${account}`,
    iat: 1_700_000_000,
    nbf: 1_700_000_000,
    exp: 4_102_444_800,
    "kubernetes.io": { namespace, serviceaccount: { name: account, uid } }
  }
  const signed = `${base64({ alg: "RS256", typ: "JWT" })}.${base64(claims)}`
  return `${signed}.${sign("sha256", Buffer.from(signed), clusterKey).toString("base64url")}`
}

/** As much of the API of Kubernetes as Vault asks whether a token of a service account is good. */
export const tokenReviewApi: Effect.Effect<
  { readonly url: string; readonly valid: Set<string>; readonly asked: Array<string> },
  never,
  Scope.Scope
> = Effect.gen(function*() {
  const valid = new Set<string>()
  const asked: Array<string> = []
  const server = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request) body += String(chunk)
    asked.push(`${request.method} ${request.url}`)
    const token = String(JSON.parse(body).spec?.token)
    const authenticated = valid.has(token)
    const claims = authenticated ? JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) : {}
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      status: authenticated
        ? {
          authenticated,
          user: {
            username: claims.sub,
            uid: claims["kubernetes.io"].serviceaccount.uid,
            groups: ["system:serviceaccounts"]
          }
        }
        : { authenticated, error: "the token is not good" }
    }))
  })
  const port = yield* listening(server)
  return { url: `http://127.0.0.1:${port}`, valid, asked }
})
