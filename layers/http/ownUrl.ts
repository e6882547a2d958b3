import { Effect } from "effect"
import { Environment } from "../environment/Environment.ts"
import { ProcessFacts } from "../environment/ProcessFacts.ts"

const isEverywhere = (host: string) => host === "0.0.0.0" || host === "::" || host === ""

/** Where others reach this program, as far as it can know: what `SERVER_URL` says, or its own address. */
export const ownUrl = Effect.gen(function*() {
  const { http: { host, port, url }, tls } = yield* Environment
  if (url !== undefined) return url
  const { hostname } = yield* ProcessFacts
  const name = isEverywhere(host) ? hostname() : host.includes(":") ? `[${host}]` : host
  return `${tls?.certFile === undefined ? "http" : "https"}://${name}:${port}`
})
