import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { Environment } from "../../../layers/environment/Environment.ts"
import { ServerLayer } from "../../../layers/http/Server.ts"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { staticOf } from "./harness.ts"

it.effect("HTTP servers of one host share a port when all of them are told to, and not otherwise", () =>
  Effect.gen(function*() {
    const http = { host: "127.0.0.1", port: yield* freePort }
    const config = Layer.effect(Environment, Effect.map(Environment, (config) => ({ ...config, http }))).pipe(
      Layer.provide(staticOf("ingestor"))
    )
    const serve = (reusePort: boolean) =>
      Layer.build(Layer.fresh(ServerLayer({ reusePort })).pipe(Layer.provide(config)))
    yield* serve(true)
    yield* serve(true)
    assert.strictEqual((yield* Effect.flip(serve(false)))._tag, "ServeError")
  }).pipe(Effect.provide(HttpServer.layerServices), Effect.scoped))
