import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { FetchHttpClient, HttpClient, HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import { connect } from "node:net"
import { Environment } from "../../../layers/environment/Environment.ts"
import { serveProgram } from "../../../layers/http/CommonRoutes.ts"
import { Drain } from "../../../layers/http/Drain.ts"
import { makeServer } from "../../../layers/http/Server.ts"
import { staticOf, world } from "./harness.ts"

/** Far more than a stop needs, on however busy a machine; a stop that waits for nobody is told `soon`. */
const patient = 30_000
const soon = 100

/** Longer than any test. */
const draining = Layer.effect(
  Environment,
  Effect.map(Environment, (fixed) => ({ ...fixed, http: { ...fixed.http, drainMs: 3_600_000 } }))
).pipe(Layer.provide(staticOf("alerter")))

/** A program whose `/slow` and whose one check wait for `open`, and say at `reached` that they do. */
const start = Effect.fnUntraced(function*(scope: Scope.Scope, patience: number) {
  const reached = yield* Deferred.make<void>()
  const open = yield* Deferred.make<void>()
  const wait = Effect.andThen(Deferred.succeed(reached, undefined), Deferred.await(open))
  const program = serveProgram({
    program: "alerter",
    description: "A program for tests.",
    endpoints: {},
    checks: Effect.succeed([{ name: "gate", required: false, check: Effect.as(wait, { state: "ok" as const }) }]),
    routes: HttpRouter.add("GET", "/slow", Effect.as(wait, HttpServerResponse.text("done")))
  })
  const drain: Drain = { wait: Effect.void }
  const context = yield* Layer.buildWithScope(
    program.pipe(
      Layer.provide([world("alerter"), draining, Layer.succeed(Drain, drain)]),
      Layer.provideMerge(
        NodeHttpServer.layer(() => makeServer(patience), {
          port: 0,
          host: "127.0.0.1",
          gracefulShutdownTimeout: patience
        })
      )
    ),
    scope
  )
  const { address } = Context.get(context, HttpServer.HttpServer)
  const port = "port" in address ? address.port : 0
  const get = (path: string) =>
    HttpClient.get(`http://127.0.0.1:${port}${path}`).pipe(
      Effect.flatMap((response) => Effect.map(response.text, (text) => ({ status: response.status, text }))),
      Effect.provide(FetchHttpClient.layer)
    )
  return { drain, get, open, reached, port }
})

/** A connection that sends `text` and nothing more. Gives what it was sent back once the other side is done with it. */
const half = (port: number, text: string) =>
  Effect.callback<string>((resume) => {
    let received = ""
    const socket = connect({ port, host: "127.0.0.1" }, () => void socket.write(text))
    socket.setEncoding("utf8")
    socket.on("data", (chunk) => {
      received += String(chunk)
    })
    socket.on("error", () => undefined)
    socket.on("close", () => resume(Effect.succeed(received)))
  })

describe("a program that is told to stop", () => {
  it.live("finishes what is under way, takes nothing new, and then is gone", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { get, open, reached } = yield* start(scope, patient)
      const slow = yield* Effect.forkChild(get("/slow"))
      yield* Deferred.await(reached)
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* Effect.exit(get("/healthz")).pipe(Effect.repeat({ until: Exit.isFailure }))
      yield* Deferred.succeed(open, undefined)
      assert.deepStrictEqual(yield* Fiber.join(slow), { status: 200, text: "done" })
      yield* Fiber.join(closing)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(get("/healthz"))))
    }))

  it.live("waits for nobody who never ends a request", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { get, port } = yield* start(scope, soon)
      const hanging = yield* Effect.forkChild(
        half(port, "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1")
      )
      yield* get("/healthz")
      yield* Scope.close(scope, Exit.void)
      yield* Fiber.join(hanging)
    }))

  it.live("says that it is stopping", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { get, open, reached } = yield* start(scope, patient)
      const asked = yield* Effect.forkChild(get("/readyz"))
      yield* Deferred.await(reached)
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* Effect.exit(get("/healthz")).pipe(Effect.repeat({ until: Exit.isFailure }))
      yield* Deferred.succeed(open, undefined)
      const { status, text } = yield* Fiber.join(asked)
      assert.deepStrictEqual([status, JSON.parse(text).status], [503, "draining"])
      yield* Fiber.join(closing)
    }))
})

describe("a program that drains", () => {
  it.live("is not ready any more, and serves whoever has not heard of it", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { drain, get, open } = yield* start(scope, patient)
      yield* Deferred.succeed(open, undefined)
      assert.strictEqual(JSON.parse((yield* get("/readyz")).text).status, "ready")
      const waiting = yield* Effect.forkChild(drain.wait)
      const { status, text } = yield* get("/readyz").pipe(Effect.repeat({ until: ({ status }) => status !== 200 }))
      assert.deepStrictEqual([status, JSON.parse(text).status], [503, "draining"])
      assert.deepStrictEqual(yield* get("/slow"), { status: 200, text: "done" })
      yield* Fiber.interrupt(waiting)
      yield* Scope.close(scope, Exit.void)
    }))
})

describe("a request that is none", () => {
  it.live("is answered as programs understand it", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { port } = yield* start(scope, soon)
      const nonsense = yield* half(port, "NONSENSE\r\n\r\n")
      assert.match(nonsense, /^HTTP\/1\.1 400 /)
      assert.match(nonsense, /application\/problem\+json[\s\S]*"_tag":"Unreadable"/)
      const wide = yield* half(port, `GET / HTTP/1.1\r\nHost: x\r\nX-Wide: ${"x".repeat(20_000)}\r\n\r\n`)
      assert.match(wide, /^HTTP\/1\.1 431 [\s\S]*"_tag":"HeadersTooLarge"/)
      yield* Scope.close(scope, Exit.void)
    }))
})
