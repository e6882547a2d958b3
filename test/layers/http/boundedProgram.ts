import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Effect, Layer, Stream } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Server } from "node:http"
import type { ConnectionLimits } from "../../../layers/environment/Environment.ts"
import { defaultConnectionLimits } from "../../../layers/environment/httpSettings.ts"
import { serveProgram } from "../../../layers/http/CommonRoutes.ts"
import type { CloseReason } from "../../../layers/http/HttpConnections.ts"
import { makeServer } from "../../../layers/http/Server.ts"
import { watchClosings } from "../../support/wire.ts"
import { world } from "./harness.ts"

const routes = Layer.mergeAll(
  HttpRouter.add("GET", "/large", HttpServerResponse.uint8Array(new Uint8Array(20_000_000))),
  HttpRouter.add(
    "POST",
    "/length",
    HttpServerRequest.HttpServerRequest.use(({ text }) =>
      Effect.map(text, (body) => HttpServerResponse.text(`${body.length} bytes`))
    )
  ),
  HttpRouter.add("GET", "/wait", Effect.never),
  HttpRouter.add(
    "GET",
    "/ticks",
    HttpServerResponse.stream(
      Stream.make("one\n", "two\n").pipe(
        Stream.concat(Stream.never),
        Stream.map((text) => new TextEncoder().encode(text))
      )
    )
  )
)

/** A program on a server with limits, what it closed and why. */
export const start = Effect.fnUntraced(function*(over: Partial<ConnectionLimits> = {}) {
  const closed: Array<CloseReason> = []
  const servers: Array<Server> = []
  const program = serveProgram({
    program: "alerter",
    description: "A program for tests.",
    endpoints: {},
    checks: Effect.succeed([]),
    routes
  })
  const context = yield* Layer.build(
    program.pipe(
      Layer.provide(world("alerter")),
      Layer.provideMerge(NodeHttpServer.layer(() => {
        const server = makeServer(100, undefined, { ...defaultConnectionLimits, ...over }, {
          closed: (reason) => void closed.push(reason),
          open: () => undefined
        })
        servers.push(server)
        return server
      }, { port: 0, host: "127.0.0.1", gracefulShutdownTimeout: 100 }))
    )
  )
  const { address } = Context.get(context, HttpServer.HttpServer)
  const [server] = servers
  if (server === undefined) return yield* Effect.die("no server")
  return { closed, port: "port" in address ? address.port : 0, ...watchClosings(server) }
})

export const get = (path: string, host = "mutt") => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
