import { sha256 } from "@noble/hashes/sha2.js"
import { Effect, Scope } from "effect"
import { Base64 } from "effect/encoding"
import { HttpRouter, type HttpServerResponse } from "effect/http"
import { HttpApiSwagger, OpenApi } from "effect/http-api"
import { staticFile } from "../../../layers/http/StaticFile.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"

const inlineScript = /<script>([\s\S]*?)<\/script>/g

/** Makes the content security policy that allows the page its own scripts and nothing else. */
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

const textOf = ({ body }: HttpServerResponse.HttpServerResponse): string =>
  body._tag === "Uint8Array" ? body.text ?? new TextDecoder().decode(body.body) : ""

/**
 * Serves `/openapi.json`, and Swagger UI at `/docs` with its two megabytes of scripts and styles inline. Both are made
 * and compressed at the first request.
 */
export const Docs = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const scope = yield* Effect.scope
  const reference = yield* HttpRouter.toHttpEffect(HttpApiSwagger.layer(WebUiApi, { path: "/docs" })).pipe(
    Scope.provide(scope),
    Effect.flatten,
    Effect.map(textOf),
    Effect.flatMap((html) =>
      staticFile(html, {
        contentType: "text/html; charset=utf-8",
        headers: { "content-security-policy": policyFor(html) }
      })
    ),
    Effect.cached
  )
  const description = yield* Effect.cached(
    Effect.suspend(() => staticFile(JSON.stringify(OpenApi.fromApi(WebUiApi)), { contentType: "application/json" }))
  )
  yield* router.add("GET", "/docs", Effect.flatten(reference))
  yield* router.add("GET", "/openapi.json", Effect.flatten(description))
}))
