import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Stream, SubscriptionRef } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import type { ApiKey } from "../../../layers/secret/Secrets.ts"
import { Topic } from "../../../src/api/web-ui/Stream.ts"
import { DynamicConfigFixed, keys, secretsOf, staticOf } from "../../layers/http/harness.ts"
import { call, running, Stores } from "./harness.ts"

const path = "/api/v1/stream"
const callers = Effect.runSync(SubscriptionRef.make<ReadonlyArray<ApiKey>>(keys))

const surroundings = AuthenticationLayer.pipe(
  Layer.provideMerge(secretsOf(callers)),
  Layer.provideMerge(DynamicConfigFixed),
  Layer.provideMerge(staticOf("web-ui"))
)

/** The lines of a stream until one is enough, or it ends. */
const linesOf = (query: string, isEnough: (line: string) => boolean = () => false) =>
  HttpClient.execute(
    HttpClientRequest.get(`${path}${query}`).pipe(HttpClientRequest.setHeader("x-api-key", "viewer-key-of-tests"))
  ).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.map((response) => Stream.splitLines(Stream.decodeText(response.stream))),
    Stream.unwrap,
    Stream.takeUntil(isEnough)
  )

layer(running(Stores, surroundings), { excludeTestServices: true })("the stream of topics", (it) => {
  it.effect("tells many topics over one connection, each with its number, its name and its state", () =>
    Effect.gen(function*() {
      const seen = new Set<string>()
      const told = yield* Stream.runCollect(linesOf("", (line) => {
        if (line.startsWith("event: ")) seen.add(line.slice(7))
        return seen.size === Topic.literals.length && line === ""
      }))
      assert.sameMembers([...seen], [...Topic.literals])
      for (const event of told.join("\n").trim().split("\n\n")) {
        assert.match(event, /^id: \d+\nevent: [a-z_]+\ndata: \{.*\}$/)
      }
      assert.include(told, "data: {\"version\":4}")
    }))

  it.effect("tells only what was asked for, and ends with its key", () =>
    Effect.gen(function*() {
      const begun = yield* Deferred.make<void>()
      const ended = yield* linesOf("?topics=rules,config").pipe(
        Stream.tap((line) => line === "" ? Deferred.succeed(begun, undefined) : Effect.void),
        Stream.runCollect,
        Effect.forkScoped
      )
      yield* Deferred.await(begun)
      yield* SubscriptionRef.set(callers, keys.filter(({ caller }) => caller.role !== "viewer"))
      const told = yield* Fiber.join(ended)
      yield* SubscriptionRef.set(callers, keys)
      const names = told.filter((line) => line.startsWith("event: "))
      assert.sameMembers(names, names.filter((line) => line === "event: rules" || line === "event: config"))
    }))

  it.effect("refuses topics that there are not, and names them", () =>
    Effect.gen(function*() {
      const { body, status } = yield* call("GET", `${path}?topics=flow,weather,tides`)
      assert.deepStrictEqual([status, body._tag, body.errors[0].field], [422, "Invalid", "topics"])
      assert.match(body.errors[0].message, /weather, tides.*flow, books, fleet/)
    }))

  it.effect("has beside it what there is to see at once", () =>
    Effect.gen(function*() {
      const { body: fleet } = yield* call("GET", "/api/v1/fleet")
      assert.deepStrictEqual([fleet.reports_unavailable, fleet.processes, fleet.addresses], [
        null,
        [],
        [{ program: "alerter", url: "http://127.0.0.1:1" }]
      ])
      const { body: flow } = yield* call("GET", "/api/v1/flow")
      assert.deepInclude(flow, { as_of: "2026-08-22T10:30:30.000Z", unavailable: null, tokens_most: 50 })
    }))
})
