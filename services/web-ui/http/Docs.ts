import { sha256 } from "@noble/hashes/sha2.js"
import { Effect, Layer } from "effect"
import { Base64 } from "effect/encoding"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiSwagger } from "effect/http-api"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"

const inlineScript = /<script>([\s\S]*?)<\/script>/g

/** The policy that lets this page run what it brings along and nothing else. */
const policyFor = (html: string): string => {
  const hashes = Array.from(
    html.matchAll(inlineScript),
    ([, script]) => `'sha256-${Base64.encode(sha256(new TextEncoder().encode(script)))}'`
  )
  return [
    "default-src 'none'",
    `script-src ${hashes.join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; ")
}

const OwnScripts = HttpRouter.middleware((handler) => {
  let policy: string | undefined
  return Effect.map(handler, (response) => {
    if (response.body._tag === "Uint8Array") policy ??= policyFor(response.body.text ?? "")
    return policy === undefined ? response : HttpServerResponse.setHeader(response, "content-security-policy", policy)
  })
})

/** The reference at `/docs`, scripts and styles included: it needs no other server than this one. */
export const Docs = HttpApiSwagger.layer(WebUiApi, { path: "/docs" }).pipe(Layer.provide(OwnScripts.layer))
