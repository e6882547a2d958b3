import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Schedule, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { standardStreams } from "../../../services/web-ui/WebUiSettings.ts"
import { keys, SettingsWorld, SettingsWorldLayer } from "./settingsHarness.ts"

const path = "/api/v1/config"
const put = (value: number) =>
  Effect.flatMap(
    SettingsWorld,
    ({ webUis: [one] }) => one.call("PUT", `${path}/moog_rate_limit`, { body: { value } })
  )

/** What a client of this key sees until the stream ends; `begun` when it has seen the first settings. */
const watch = Effect.fnUntraced(function*(key: string) {
  const { webUis: [one] } = yield* SettingsWorld
  const begun = yield* Deferred.make<void>()
  const ended = yield* HttpClient.execute(
    HttpClientRequest.get(`${one.url}${path}/stream`).pipe(HttpClientRequest.setHeader("x-api-key", key))
  ).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.map((response) => Stream.decodeText(response.stream)),
    Stream.unwrap,
    Stream.tap(() => Deferred.succeed(begun, undefined)),
    Stream.mkString,
    Effect.provide(FetchHttpClient.layer),
    Effect.forkScoped
  )
  yield* Effect.raceFirst(Deferred.await(begun), Fiber.join(ended))
  return ended
})

layer(SettingsWorldLayer(), { excludeTestServices: true })("the stream of settings", (it) => {
  it.effect("tells the settings now and after each change", () =>
    Effect.gen(function*() {
      const { webUis: [one] } = yield* SettingsWorld
      yield* put(90)
      const text = yield* HttpClient.execute(
        HttpClientRequest.get(`${one.url}${path}/stream`).pipe(
          HttpClientRequest.setHeader("x-api-key", "viewer-key-of-tests")
        )
      ).pipe(
        Effect.map((response) => Stream.decodeText(response.stream)),
        Stream.unwrap,
        Stream.tap((chunk) => chunk.includes("\"moog_rate_limit\":90") ? put(91) : Effect.void),
        Stream.takeUntil((chunk) => chunk.includes("\"moog_rate_limit\":91")),
        Stream.mkString,
        Effect.provide(FetchHttpClient.layer)
      )
      assert.match(text, /data: .*"moog_rate_limit":90[\s\S]*data: .*"moog_rate_limit":91/)
    }))

  it.effect("ends with its key, and goes on with another's", () =>
    Effect.gen(function*() {
      const { webUis: [one] } = yield* SettingsWorld
      const { VIEWER_API_KEY: gone, ...others } = keys
      const ended = yield* watch(gone)
      const goesOn = yield* watch(others.OPERATOR_API_KEY)
      yield* one.setKeys(others)
      assert.include(yield* Fiber.join(ended), "moog_rate_limit")
      assert.isUndefined(goesOn.pollUnsafe())
      const refused = yield* one.call("GET", `${path}/stream`, { key: gone })
      assert.deepStrictEqual([refused.status, refused.body._tag], [401, "KeyRefused"])
      yield* one.setKeys(keys)
      yield* Fiber.interrupt(goesOn)
    }))

  it.effect("is open so often at most for one key, and again when one has ended", () =>
    Effect.gen(function*() {
      const { webUis: [one] } = yield* SettingsWorld
      const key = keys.ADMIN_API_KEY
      yield* Effect.scoped(Effect.gen(function*() {
        yield* Effect.forEach(Array.from({ length: standardStreams.streamsPerKey }), () => watch(key))
        const { body, headers, status } = yield* one.call("GET", `${path}/stream`, { key })
        assert.deepStrictEqual([status, body._tag, headers["retry-after"]], [429, "StreamsFull", "5"])
        yield* Fiber.interrupt(yield* watch(keys.OPERATOR_API_KEY))
      }))
      // The server learns of a client that went away as soon as its connection ends.
      yield* Fiber.interrupt(yield* Effect.retry(watch(key), Schedule.spaced("20 millis")))
    }))
})
