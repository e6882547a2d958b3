import { Effect, type Scope } from "effect"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { freePort } from "../../stack/FreePort.ts"

/** What is wrong with a collector. */
export const ways = ["away", "slow", "refusing", "fine"] as const
export type Way = (typeof ways)[number]

/** How a slow one answers, too late for every client. */
const slowMs = 30_000

export interface Collector {
  readonly url: string
  /** Spans that it said it took. */
  readonly spans: () => number
  readonly requests: () => number
  /** Of what was searched: what was seen in anything that came, taken or not. */
  readonly seen: ReadonlySet<string>
  readonly search: (texts: ReadonlyArray<string>) => void
  /** Takes everything from now on. */
  readonly heal: Effect.Effect<void>
}

/** Each span has one; links and events of spans have none. */
const mark = Buffer.from("\"startTimeUnixNano\"")

const countOf = (body: Buffer): number => {
  let count = 0
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) count++
  return count
}

/** A collector of OTLP over HTTP in JSON. One that is away has its port closed. */
export const makeCollector = (way: Way): Effect.Effect<Collector, never, Scope.Scope> =>
  Effect.gen(function*() {
    const port = yield* freePort
    const wanted: Array<Buffer> = []
    const seen = new Set<string>()
    let now = way
    let spans = 0
    let requests = 0

    const take = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
      requests++
      for (const text of wanted) if (body.includes(text)) seen.add(text.toString())
      if (now === "refusing") return void response.writeHead(429, { "content-type": "application/json" }).end("{}")
      const told = request.url?.endsWith("/v1/traces") === true ? countOf(body) : 0
      const answer = () => {
        spans += told
        response.writeHead(200, { "content-type": "application/json" }).end("{}")
      }
      if (now !== "slow") return answer()
      const timer = setTimeout(answer, slowMs)
      response.once("close", () => clearTimeout(timer))
    }
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => void chunks.push(chunk))
      request.on("end", () => take(request, response, Buffer.concat(chunks)))
    })
    const listen = Effect.callback<void>((resume) => void server.listen(port, "127.0.0.1", () => resume(Effect.void)))
    if (way !== "away") yield* listen
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
    )
    return {
      url: `http://127.0.0.1:${port}`,
      spans: () => spans,
      requests: () => requests,
      seen,
      search: (texts) => void wanted.push(...texts.map((text) => Buffer.from(text))),
      heal: Effect.suspend(() => {
        now = "fine"
        return server.listening ? Effect.void : listen
      })
    }
  })
