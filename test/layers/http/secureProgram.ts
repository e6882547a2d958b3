import { Context, Effect, Layer, Logger, References } from "effect"
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import { type Agent, request } from "node:https"
import { TLSSocket } from "node:tls"
import { type ConnectionLimits, Environment, type TlsFiles } from "../../../layers/environment/Environment.ts"
import { defaultConnectionLimits } from "../../../layers/environment/httpSettings.ts"
import { serveProgram } from "../../../layers/http/CommonRoutes.ts"
import { ServerLayer } from "../../../layers/http/Server.ts"
import type { Issued } from "../../../scripts/stack/Certificates.ts"
import { right, tlsFolder } from "../../support/certificates.ts"
import { staticOf, world } from "./world.ts"

export interface Answer {
  readonly status: number
  readonly body: string
  /** Common name of the server's certificate. */
  readonly name: string
  /** The port of the client. */
  readonly from: number
}

export interface Asking {
  readonly agent?: Agent
  readonly shows?: Issued
  readonly session?: Buffer
}

/** Asks over TLS, and fails as Node does. */
export const ask = (port: number, path = "/healthz", { agent, session, shows }: Asking = {}) =>
  Effect.callback<Answer, NodeJS.ErrnoException>((resume) => {
    const options = {
      port,
      path,
      host: "127.0.0.1",
      servername: "localhost",
      ca: right.cert,
      agent: agent ?? false,
      ...shows,
      ...(session === undefined ? {} : { session })
    }
    const sent = request(options, (response) => {
      const { socket } = response
      const { localPort = 0 } = socket
      const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined
      let body = ""
      response.setEncoding("utf8")
      response.on("data", (chunk) => (body += String(chunk)))
      response.on("end", () =>
        resume(Effect.succeed({
          status: response.statusCode ?? 0,
          body,
          name: String(subject?.CN),
          from: localPort
        })))
    })
    sent.on("error", (error) => resume(Effect.fail(error)))
    sent.end()
  })

interface Starting {
  /** Clients are asked for a certificate of the right authority. */
  readonly clientAuth?: TlsFiles["clientAuth"]
  readonly limits?: Partial<ConnectionLimits>
  readonly first?: Issued
}

/** A program on a server that speaks TLS, with files that are looked at often; what it logged, and its metrics. */
export const start = Effect.fnUntraced(function*({ clientAuth, first, limits }: Starting = {}) {
  const { caFile, files, folder } = yield* tlsFolder(first)
  const logged: Array<string> = []
  const environment = Layer.effect(
    Environment,
    Effect.map(Environment, (fixed) => ({
      ...fixed,
      http: {
        host: "127.0.0.1",
        port: 0,
        limits: { ...defaultConnectionLimits, ...limits },
        tls: {
          ...files,
          clientAuth: clientAuth ?? "optional",
          clientCaFile: clientAuth === undefined ? undefined : caFile,
          reloadMs: 20,
          warnDays: 14
        }
      }
    }))
  ).pipe(Layer.provide(staticOf("alerter")))
  const program = serveProgram({
    program: "alerter",
    description: "A program for tests.",
    endpoints: {},
    checks: Effect.succeed([]),
    routes: HttpRouter.add("GET", "/large", HttpServerResponse.uint8Array(new Uint8Array(20_000_000)))
  })
  const context = yield* Layer.build(
    program.pipe(
      Layer.provide(world("alerter")),
      Layer.provideMerge(ServerLayer({ gracefulShutdownMs: 100 })),
      Layer.provide(environment),
      Layer.provide(Logger.layer([
        Logger.make(({ fiber, message }) =>
          logged.push(`${String(message)} ${JSON.stringify(fiber.getRef(References.CurrentLogAnnotations))}`)
        )
      ]))
    )
  )
  const { address } = Context.get(context, HttpServer.HttpServer)
  const port = "port" in address ? address.port : 0
  /** The sample of a series, by a part of its line. */
  const metric = (series: string, asking?: Asking) =>
    Effect.map(ask(port, "/metrics", asking), ({ body }) => {
      const line = body.split("\n").find((line) => line.startsWith(series))
      return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ") + 1))
    })
  return { caFile, files, folder, logged, metric, port }
})
