import { assert, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { EventReader } from "../../../layers/audit/EventReader.ts"
import { call, running, Stores } from "./harness.ts"

const path = "/api/v1/rules/backtest"

/** A record that never answers a page: `asked` when it is read, `ended` when nobody waits for it any more. */
class Stuck extends Context.Service<Stuck, {
  readonly next: () => { readonly asked: Deferred.Deferred<void>; readonly ended: Deferred.Deferred<void> }
}>()("test/services/web-ui/Stuck") {}

const StuckReader = Layer.effectContext(Effect.sync(() => {
  let turn = { asked: Deferred.makeUnsafe<void>(), ended: Deferred.makeUnsafe<void>() }
  const reader = EventReader.of({
    estimate: ({ sample }) =>
      sample === 3
        ? Effect.fail(new EventAuditFailed({ reason: "unavailable", detail: "not here" }))
        : Effect.succeed(10),
    pages: () =>
      Stream.fromEffect(
        Effect.andThen(Deferred.succeed(turn.asked, undefined), Effect.never).pipe(
          Effect.onInterrupt(() => Deferred.succeed(turn.ended, undefined))
        )
      )
  })
  const next = () => turn = { asked: Deferred.makeUnsafe<void>(), ended: Deferred.makeUnsafe<void>() }
  return Context.make(EventReader, reader).pipe(Context.add(Stuck, { next }))
}))

const World = running(Stores.pipe(Layer.merge(StuckReader))).pipe(Layer.provideMerge(StuckReader))

layer(World, { excludeTestServices: true })("a backtest under way", (it) => {
  for (const accept of ["application/json", "text/event-stream"]) {
    it.effect(`ends when its request is closed, and is alone until then (${accept})`, () =>
      Effect.gen(function*() {
        const { asked, ended } = (yield* Stuck).next()
        const request = HttpClientRequest.post(path).pipe(
          HttpClientRequest.setHeaders({ "x-api-key": "operator-key-of-tests", accept }),
          HttpClientRequest.bodyJsonUnsafe({})
        )
        const first = yield* Effect.forkScoped(
          Effect.flatMap(HttpClient.execute(request), ({ stream }) => Stream.runDrain(stream))
        )
        yield* Deferred.await(asked)
        const second = yield* call("POST", path, { body: {} })
        assert.deepStrictEqual([second.status, second.body._tag], [409, "BacktestRunning"])
        assert.isUndefined(first.pollUnsafe())
        yield* Fiber.interrupt(first)
        yield* Deferred.await(ended)
      }))
  }

  it.effect("that the record fails is answered, and another may begin", () =>
    Effect.gen(function*() {
      for (let turn = 0; turn < 2; turn++) {
        const { body, status } = yield* call("POST", path, {
          body: { sample: 3 },
          headers: { accept: "application/json" }
        })
        assert.deepStrictEqual([status, body._tag], [503, "Unavailable"])
      }
      const { body, status } = yield* call("POST", path, { body: { sample: 3 } })
      assert.strictEqual(status, 200)
      assert.match(String(body), /^event: effect\/http-api\/stream\/failure\ndata: .*"Unavailable"/m)
    }))
})
