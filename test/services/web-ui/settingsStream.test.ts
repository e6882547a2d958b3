import { assert, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { SettingsWorld, SettingsWorldLayer } from "./settingsWorld.ts"

const path = "/api/v1/config"
const put = (value: number) =>
  Effect.flatMap(
    SettingsWorld,
    ({ webUis: [one] }) => one.call("PUT", `${path}/moog_rate_limit`, { body: { value } })
  )

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
})
