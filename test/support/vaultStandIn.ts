import { Effect } from "effect"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { listening } from "./listening.ts"

/** What it does with each request, after it has been noted. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void

/** Speaks as much of Vault's protocol as a fault needs that a real server never shows. */
export const vaultStandIn = Effect.gen(function*() {
  /** Paths asked for, oldest first. */
  const asked: Array<string> = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    request.resume()
    standIn.behave(request, response)
  })
  const port = yield* listening(server)
  yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
  const standIn = { url: `http://127.0.0.1:${port}`, asked, behave: well }
  return standIn
})

export const answer = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

export const canaries = { token: "hvs.canary-token", secretId: "canary-secret-id", value: "canary-value" }

/** As a server should. */
export const well: Behaviour = (request, response) => {
  const url = request.url ?? ""
  if (url.includes("/login") || url.includes("renew-self")) {
    return answer(response, 200, { auth: { client_token: canaries.token, lease_duration: 3600, renewable: true } })
  }
  if (url.includes("/metadata/")) {
    const versions = { 1: { created_time: "t", deletion_time: "", destroyed: false } }
    return answer(response, 200, { data: { current_version: 1, versions } })
  }
  answer(response, 200, { data: { data: { DB_PASS_CURRENT: canaries.value }, metadata: { version: 1 } } })
}
