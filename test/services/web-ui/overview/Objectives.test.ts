import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Objectives } from "../../../../services/web-ui/overview/Objectives.ts"
import { WebUiSettings } from "../../../../services/web-ui/WebUiSettings.ts"
import { settingsOfTests } from "../settingsOfTests.ts"

/** A Prometheus that answers this to every query. */
const answering = (answer: Effect.Effect<Response>, prometheusUrl: string | undefined = "http://prometheus") =>
  Objectives.layer.pipe(
    Layer.provide(Layer.succeed(WebUiSettings, { ...settingsOfTests, prometheusUrl })),
    Layer.provide(Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request) => Effect.map(answer, (response) => HttpClientResponse.fromWeb(request, response)))
    ))
  )

const text = (body: string, status = 200) => Effect.sync(() => new Response(body, { status }))
const share = (objective: string, window: string, value: string) => ({
  metric: { objective, window },
  value: [1_700_000_000.5, value]
})
const shares = (...result: ReadonlyArray<ReturnType<typeof share>>) =>
  text(JSON.stringify({ status: "success", data: { resultType: "vector", result } }))

const status = Effect.flatMap(Objectives, (objectives) => objectives.status)
const refusal = Effect.map(Effect.flip(status), ({ detail }) => detail)

describe("the objectives", () => {
  it.effect("are told with their value, what is left of the budget, and how fast it goes", () =>
    Effect.gen(function*() {
      const { days, objectives } = yield* status
      assert.strictEqual(days, 30)
      assert.deepStrictEqual(objectives.map(({ name, status }) => `${name} ${status}`), [
        "intake ok",
        "decided burning",
        "delivered spent",
        "settings no_data"
      ])
      assert.deepInclude(objectives[0], { target: 0.999, value: 0.9996, budget_left: 0.6 })
      assert.deepInclude(objectives[1]?.burn_rates, { "1h": 20, "5m": 30, "6h": null })
      assert.deepInclude(objectives[2], { value: 0.98, budget_left: -1 })
      assert.deepInclude(objectives[3], { value: null, budget_left: null })
    }).pipe(Effect.provide(answering(shares(
      share("intake", "30d", "0.0004"),
      share("decided", "1h", "0.2"),
      share("decided", "5m", "0.3"),
      share("delivered", "30d", "0.02"),
      share("settings", "30d", "NaN")
    )))))

  it.effect("cannot be told without a Prometheus, and that is said", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* refusal, "No Prometheus is known here: set PROMETHEUS_URL for the web-ui program.")
    }).pipe(Effect.provide(Objectives.layer.pipe(
      Layer.provide(Layer.succeed(WebUiSettings, settingsOfTests)),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, HttpClient.make(() => Effect.die("nobody is asked"))))
    ))))

  it.effect("cannot be told when it answers an error", () =>
    Effect.map(refusal, (detail) => assert.strictEqual(detail, "It answered 500.")).pipe(
      Effect.provide(answering(text("no", 500)))
    ))

  it.effect("cannot be told when it answers something else", () =>
    Effect.map(refusal, (detail) => assert.strictEqual(detail, "SchemaError")).pipe(
      Effect.provide(answering(text("<html>")))
    ))

  it.effect("cannot be told when its answer does not end", () =>
    Effect.map(refusal, (detail) => assert.strictEqual(detail, "Its answer is too long.")).pipe(
      Effect.provide(
        answering(Effect.sync(() =>
          new Response(
            new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384)) })
          )
        ))
      )
    ))

  it.effect("cannot be told when it does not answer within five seconds", () =>
    Effect.gen(function*() {
      const asked = yield* Effect.forkChild(refusal)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* Fiber.join(asked), "TimeoutError")
    }).pipe(Effect.provide(answering(Effect.never))))
})
