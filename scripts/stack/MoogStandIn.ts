import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { DateTime, Effect, Layer, Redacted, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"
import { answerAs, type Guise, guises } from "./gateway.ts"
import { makePostLog } from "./postLog.ts"

/** How the stand-in answers a delivery. Set as a whole: what a request leaves out is back to normal. */
export const Behaviour = Schema.Struct({
  /** Below 300 the events are kept. */
  status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(200))
  ),
  /** Waits before it answers, after it has kept the events. */
  delayMs: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 600_000 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(0))
  ),
  /** Seconds, as a header on refusals. */
  retryAfter: Schema.optionalKey(Schema.Int),
  /** A delivery that holds this text is refused with 422 for ever, as one whose content the platform will not take. */
  refuseContaining: Schema.optionalKey(Schema.NonEmptyString),
  /** Something else stands at its address and answers in its place; no event is kept. */
  guise: Schema.optionalKey(Schema.Literals(guises)),
  /** Only so many deliveries meet this behaviour, the ones after them none. */
  failNext: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
})
export type Behaviour = typeof Behaviour.Type

const normal: Behaviour = { status: 200, delayMs: 0 }

const Payload = Schema.Record(Schema.String, Schema.Json)
const Delivery = Schema.Union([Payload, Schema.Array(Payload)])
type Payload = typeof Payload.Type

/** A delivery as it was kept, with its number and the time. */
export const Received = Schema.StructWithRest(
  Schema.Struct({ n: Schema.Int, received_at: Schema.String }),
  [Payload]
)
export type Received = typeof Received.Type

export const ReceivedPage = Schema.Struct({
  count: Schema.Int,
  repeats: Schema.Int,
  events: Schema.Array(Received)
})
export type ReceivedPage = typeof ReceivedPage.Type

/** What it has received, oldest first. Numbers count from 1 and follow each other. */
const makeLedger = () => {
  let events: Array<Received> = []
  let seen = new Set<string>()
  let repeats = 0
  return {
    /**
     * A repeat of what is there (same `external_id` and `signature`) is counted and not kept, as a platform that
     * de-duplicates does.
     */
    keep: (payload: Payload, receivedAt: string) => {
      const key = JSON.stringify([payload["external_id"], payload["signature"]])
      if (seen.has(key) && payload["external_id"] !== undefined) {
        repeats++
        return
      }
      seen.add(key)
      events.push({ ...payload, n: events.length + 1, received_at: receivedAt })
    },
    since: (n: number): ReceivedPage => ({ count: events.length, repeats, events: events.slice(Math.max(0, n)) }),
    clear: () => {
      events = []
      seen = new Set()
      repeats = 0
    }
  }
}

const refusal = (status: number, retryAfter: number | undefined) =>
  HttpServerResponse.jsonUnsafe(
    { error: `the stand-in was told to answer ${status}` },
    { status, ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } }) }
  )

const unreadable = (error: { readonly message: string }) =>
  Effect.succeed(HttpServerResponse.jsonUnsafe({ error: error.message }, { status: 400 }))

const keyOf = (headers: Readonly<Record<string, string | undefined>>) =>
  headers["apikey"] ?? /^bearer +(.+)$/i.exec(headers["authorization"] ?? "")?.[1]

/**
 * Plays the incident platform and shows what it received: `POST /events` (with the API key), `GET /events?since=N`,
 * `GET /posts` (every delivery, also repeated and refused ones), `DELETE /events`, `GET /guises` (how many
 * deliveries met each), `GET` and `PUT /behaviour`.
 */
const moogStandInRoutes = (options: { readonly apiKey: Redacted.Redacted }) =>
  HttpRouter.use(Effect.fn(function*(router) {
    const ledger = makeLedger()
    const posts = makePostLog()
    const met: { [guise in Guise]?: number } = {}
    let behaviour = normal

    const next = () => {
      const now = behaviour
      if (now.failNext === undefined) return now
      if (now.failNext === 0) return behaviour = normal
      behaviour = { ...now, failNext: now.failNext - 1 }
      return now
    }

    yield* router.add(
      "POST",
      "/events",
      Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { headers } = request
        const { guise } = behaviour
        if (guise !== undefined) {
          met[guise] = (met[guise] ?? 0) + 1
          return yield* answerAs(guise, request)
        }
        if (keyOf(headers) !== Redacted.value(options.apiKey)) {
          return HttpServerResponse.jsonUnsafe({ error: "the API key is missing or wrong" }, { status: 401 })
        }
        const delivery = yield* HttpServerRequest.schemaBodyJson(Delivery)
        const { delayMs, refuseContaining, retryAfter, status } = next()
        const payloads = Array.isArray(delivery) ? delivery : [delivery]
        const unwanted = refuseContaining !== undefined && JSON.stringify(delivery).includes(refuseContaining)
        const answer = status < 300 && unwanted ? 422 : status
        const answered = posts.note(payloads, answer, headers["traceparent"])
        if (answer < 300) {
          const now = DateTime.formatIso(yield* DateTime.now)
          for (const payload of payloads) ledger.keep(payload, now)
        }
        if (delayMs > 0) yield* Effect.sleep(delayMs)
        answered()
        return answer < 300
          ? HttpServerResponse.jsonUnsafe({ status: "ok" }, { status: answer })
          : refusal(answer, retryAfter)
      }).pipe(Effect.catchTags({ SchemaError: unreadable, HttpServerError: unreadable }))
    )

    yield* router.add(
      "GET",
      "/events",
      Effect.gen(function*() {
        const { since } = yield* HttpServerRequest.schemaSearchParams(
          Schema.Struct({ since: Schema.optionalKey(Schema.FiniteFromString) })
        )
        return HttpServerResponse.jsonUnsafe(ledger.since(since ?? 0))
      }).pipe(Effect.catchTag("SchemaError", unreadable))
    )

    yield* router.add("GET", "/posts", Effect.sync(() => HttpServerResponse.jsonUnsafe(posts.all())))

    yield* router.add(
      "DELETE",
      "/events",
      Effect.sync(() => {
        ledger.clear()
        posts.clear()
        return HttpServerResponse.empty({ status: 204 })
      })
    )

    yield* router.add("GET", "/behaviour", Effect.sync(() => HttpServerResponse.jsonUnsafe(behaviour)))

    yield* router.add(
      "PUT",
      "/behaviour",
      Effect.gen(function*() {
        behaviour = yield* HttpServerRequest.schemaBodyJson(Behaviour)
        return HttpServerResponse.jsonUnsafe(behaviour)
      }).pipe(Effect.catchTags({ SchemaError: unreadable, HttpServerError: unreadable }))
    )

    yield* router.add("GET", "/guises", Effect.sync(() => HttpServerResponse.jsonUnsafe(met)))

    yield* router.add("GET", "/readyz", HttpServerResponse.jsonUnsafe({ status: "ready" }))

    yield* router.add(
      "GET",
      "/",
      HttpServerResponse.jsonUnsafe({
        name: "Moogsoft stand-in",
        endpoints: [
          "POST /events",
          "GET /events?since=N",
          "GET /posts",
          "DELETE /events",
          "GET /guises",
          "GET /behaviour",
          "PUT /behaviour"
        ]
      })
    )
  }))

/** The stand-in on the loopback address; port 0 takes a free one. */
export const moogStandIn = (options: { readonly apiKey: Redacted.Redacted; readonly port: number }) =>
  HttpRouter.serve(moogStandInRoutes(options), { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provideMerge(NodeHttpServer.layer(createServer, {
      port: options.port,
      host: "127.0.0.1",
      disablePreemptiveShutdown: true
    }))
  )
