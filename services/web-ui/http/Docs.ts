import { sha256 } from "@noble/hashes/sha2.js"
import { Effect, Scope } from "effect"
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

/**
 * The reference at `/docs`, scripts and styles included: it needs no other server than this one. They are two megabytes, so they
 * are loaded when somebody asks for the first time.
 */
export const Docs = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const scope = yield* Effect.scope
  const page = yield* HttpRouter.toHttpEffect(HttpApiSwagger.layer(WebUiApi, { path: "/docs" })).pipe(
    Scope.provide(scope),
    Effect.flatten,
    Effect.map((response) =>
      HttpServerResponse.setHeader(
        response,
        "content-security-policy",
        policyFor(response.body._tag === "Uint8Array" ? response.body.text ?? "" : "")
      )
    ),
    Effect.cached
  )
  yield* router.add("GET", "/docs", page)
}))
