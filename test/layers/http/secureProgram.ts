import { Context, Effect, Layer, Logger, References } from "effect"
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import { type Agent, request } from "node:https"
import { TLSSocket } from "node:tls"
import { type ConnectionLimits, Environment, type TlsSettings } from "../../../layers/environment/Environment.ts"
import { defaultConnectionLimits } from "../../../layers/environment/httpSettings.ts"
import { serveProgram } from "../../../layers/http/CommonRoutes.ts"
import { ServerLayer } from "../../../layers/http/Server.ts"
import type { Issued } from "../../../scripts/stack/Certificates.ts"
import type { Program } from "../../../src/domain/Settings.ts"
import { right, tlsFolder } from "../../support/certificates.ts"
import { staticOf, world } from "./harness.ts"

export interface Answer {
  readonly status: number
  readonly body: string
  /** Common name of the server's certificate. */
  readonly name: string
  /** The port of the client. */
  readonly from: number
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly agent?: Agent
  readonly shows?: Issued
  readonly session?: Buffer
}

/** Asks over TLS, and fails as Node does. */
export const ask = (port: number, path = "/healthz", { agent, body, headers, method, session, shows }: Asking = {}) =>
  Effect.callback<Answer, NodeJS.ErrnoException>((resume) => {
    const options = {
      port,
      path,
      host: "127.0.0.1",
      servername: "localhost",
      ca: right.cert,
      agent: agent ?? false,
      method: method ?? "GET",
      headers: { ...headers },
      ...shows,
      ...(session === undefined ? {} : { session })
    }
    const sent = request(options, (response) => {
      const { socket } = response
      const { localPort = 0 } = socket
      const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk) => (text += String(chunk)))
      response.on("end", () =>
        resume(Effect.succeed({
          status: response.statusCode ?? 0,
          body: text,
          name: String(subject?.CN),
          from: localPort
        })))
    })
    sent.on("error", (error) => resume(Effect.fail(error)))
    sent.end(body)
  })

/** The static settings of a program whose listeners speak TLS, with files that are looked at often. */
export const secureEnvironment = (
  program: Program,
  tls: Pick<TlsSettings, "certFile" | "keyFile" | "clientCaFile" | "clientAuth">,
  limits: Partial<ConnectionLimits> = {}
) =>
  Layer.effect(
    Environment,
    Effect.map(Environment, (fixed) => ({
      ...fixed,
      http: { host: "127.0.0.1", port: 0, limits: { ...defaultConnectionLimits, ...limits } },
      tls: { ...tls, reloadMs: 20, warnDays: 14 }
    }))
  ).pipe(Layer.provide(staticOf(program)))

/** Everything that is logged. */
export const loggedInto = (logged: Array<string>) =>
  Logger.layer([
    Logger.make(({ fiber, message }) =>
      logged.push(`${String(message)} ${JSON.stringify(fiber.getRef(References.CurrentLogAnnotations))}`)
    )
  ])

/** The sample of a series in the answer of `/metrics`, by the begin of its line. */
export const sampleOf = (metrics: string, series: string): number | undefined => {
  const line = metrics.split("\n").find((line) => line.startsWith(series))
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ") + 1))
}

interface Starting {
  /** Clients are asked for a certificate of the right authority. */
  readonly clientAuth?: TlsSettings["clientAuth"]
  readonly limits?: Partial<ConnectionLimits>
  readonly first?: Issued
}

/** A program on a server that speaks TLS, with files that are looked at often; what it logged, and its metrics. */
export const start = Effect.fnUntraced(function*({ clientAuth, first, limits }: Starting = {}) {
  const { caFile, files, folder } = yield* tlsFolder(first)
  const logged: Array<string> = []
  const environment = secureEnvironment("alerter", {
    ...files,
    clientAuth: clientAuth ?? "optional",
    clientCaFile: clientAuth === undefined ? undefined : caFile
  }, limits)
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
      Layer.provideMerge(ServerLayer()),
      Layer.provide(environment),
      Layer.provide(loggedInto(logged))
    )
  )
  const { address } = Context.get(context, HttpServer.HttpServer)
  const port = "port" in address ? address.port : 0
  /** The sample of a series, by a part of its line. */
  const metric = (series: string, asking?: Asking) =>
    Effect.map(ask(port, "/metrics", asking), ({ body }) => sampleOf(body, series))
  return { caFile, files, folder, logged, metric, port }
})
