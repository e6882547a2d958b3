import { NodeHttpServer } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpClient, HttpClientRequest, HttpRouter, HttpServerResponse } from "effect/http"
import { serveProgram } from "../../../layers/http/CommonRoutes.ts"
import { world } from "./world.ts"

const Program = serveProgram({
  program: "ingestor",
  description: "A program for tests.",
  endpoints: { "POST /echo": "echo" },
  checks: Effect.succeed([]),
  routes: Layer.mergeAll(
    HttpRouter.add("POST", "/echo", Effect.succeed(HttpServerResponse.jsonUnsafe({ ok: true }))),
    HttpRouter.add("GET", "/defect", Effect.die(new Error("secret detail")))
  )
})

const Running = Program.pipe(Layer.provide(world("ingestor")), Layer.provideMerge(NodeHttpServer.layerTest))

layer(Running, { excludeTestServices: true })("every program", (it) => {
  it.effect("is alive without asking anything it stands on", () =>
    Effect.gen(function*() {
      for (const path of ["/healthz", "/readyz", "/health", "/", "/nope", "/echo", "/defect", "/metrics"]) {
        const response = yield* HttpClient.get(path)
        console.log(path, response.status, JSON.stringify(response.headers), yield* response.text)
      }
      const response = yield* HttpClient.execute(HttpClientRequest.get("/admin/config").pipe(HttpClientRequest.setHeader("x-api-key", "ingest-key")))
        console.log( response.status, JSON.stringify(response.headers), yield* response.text)
      assert.strictEqual(response.status, 200)
    }))
})
