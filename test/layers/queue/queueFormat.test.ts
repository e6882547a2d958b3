import { assert, layer } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Logger, Schedule, Scope } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import { queueFormatCheck } from "../../../layers/http/HealthCheck.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { InstancesRedis } from "../../../layers/instances/InstancesRedis.ts"
import { processTopic } from "../../../layers/instances/processTopic.ts"
import { EventQueue } from "../../../layers/queue/EventQueue.ts"
import { EventQueueRedis } from "../../../layers/queue/EventQueueRedis.ts"
import { type FormatState, KnownFormats, QueueFormat } from "../../../layers/queue/QueueFormat.ts"
import { LookEvery, QueueFormatLayer } from "../../../layers/queue/QueueFormatLayer.ts"
import type { FormatSpan } from "../../../src/logic/queueFormat.ts"
import { staticConfig } from "../connections.ts"
import { processReport } from "../instances/processReport.ts"
import { onServer } from "./harness.ts"

const span = (oldest: number, newest: number): FormatSpan => ({ oldest, newest })

/** A process of some release on a queue. Ends with the scope that it is given back with. */
const start = Effect.fnUntraced(function*(queueName: string, instance: string, version: string, reads: FormatSpan) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const environment = Layer.succeed(Environment, { ...staticConfig({}), instance, queueName, version })
  const context = yield* Layer.build(
    EventQueueRedis(queueName).pipe(
      Layer.provideMerge(Layer.fresh(QueueFormatLayer)),
      Layer.provide(Layer.mergeAll(Layer.succeed(KnownFormats, reads), Layer.succeed(LookEvery, 20))),
      Layer.provideMerge(Layer.fresh(InstancesRedis)),
      Layer.provide(environment)
    )
  ).pipe(Scope.provide(scope))
  const { state } = Context.get(context, QueueFormat)
  return {
    state,
    /** Returns when it is so. */
    until: (wanted: Partial<FormatState>) =>
      state.pipe(
        Effect.filterOrFail((found) =>
          Object.entries(wanted).every(([name, value]) => Object.is(found[name as keyof FormatState], value))
        ),
        Effect.retry(Schedule.spaced("10 millis"))
      ),
    queue: Context.get(context, EventQueue),
    check: Effect.flatMap(Effect.provide(queueFormatCheck, context), ({ check }) => check),
    stop: Scope.close(scope, Exit.void)
  }
})

layer(Layer.merge(onServer("valkey"), Logger.layer([])), { excludeTestServices: true })(
  "the format of the queue",
  (it) => {
    it.effect("is the newest that every running program reads; one that does not know it leaves the queue alone", () =>
      Effect.gen(function*() {
        const name = "mutt:{ingest}:formats"
        const old = yield* start(name, "alerter-1", "3.0.0", span(1, 1))
        const first = yield* start(name, "alerter-2", "3.1.0", span(1, 2))
        const second = yield* start(name, "ingestor-1", "3.1.0", span(1, 2))
        for (const one of [old, first, second]) {
          assert.deepInclude(yield* one.state, { format: 1, writes: 1, problem: undefined })
        }
        // Looks of both come and go meanwhile.
        yield* Effect.repeat(second.queue.backlog, { times: 20, schedule: Schedule.spaced("10 millis") })
        assert.deepInclude(yield* first.state, { format: 1, writes: 1 })

        yield* old.stop
        yield* first.until({ format: 2, writes: 2 })
        yield* second.until({ format: 2, writes: 2 })
        assert.deepStrictEqual(yield* second.check, { state: "ok", detail: "format 2" })

        const late = yield* start(name, "alerter-3", "3.0.0", span(1, 1))
        const problem = "the queue is in format 2, which programs read from 3.1.0 on; this is 3.0.0 and reads format 1"
        assert.deepStrictEqual(yield* late.check, { state: "down", detail: problem })
        const refused = yield* Effect.flip(late.queue.read("alerter-3", 10, 0))
        assert.deepInclude(refused, { detail: `reply: ${problem}`, outcome: "unchanged" })
        // Who knows both writes what the other could read, for as long as it is there.
        yield* first.until({ format: 2, writes: 1 })
        assert.deepStrictEqual(yield* first.check, { state: "ok", detail: "format 2, 1 is written" })
        yield* late.stop
        yield* first.until({ format: 2, writes: 2 })
      }))

    it.effect("is not raised while a release runs that says nothing of formats", () =>
      Effect.gen(function*() {
        const name = "mutt:{ingest}:silent"
        const scope = yield* Scope.make()
        const environment = Layer.succeed(Environment, { ...staticConfig({}), instance: "web-ui-1" })
        const silent = yield* Layer.build(Layer.fresh(InstancesRedis).pipe(Layer.provide(environment))).pipe(
          Scope.provide(scope)
        )
        yield* Context.get(silent, Instances).report(processTopic, processReport("3.0.0"))
        const one = yield* start(name, "alerter-1", "3.1.0", span(1, 2))
        // Some looks later.
        yield* Effect.repeat(one.queue.backlog, { times: 20, schedule: Schedule.spaced("10 millis") })
        assert.deepInclude(yield* one.state, { format: 1, writes: 1 })
        yield* Scope.close(scope, Exit.void)
        yield* one.until({ format: 2, writes: 2 })
      }))

    it.effect("is read from the release before on, and not from one before that", () =>
      Effect.gen(function*() {
        const name = "mutt:{ingest}:leap"
        const first = yield* start(name, "alerter-1", "3.0.0", span(1, 1))
        yield* first.state
        const leap = yield* start(name, "alerter-2", "3.2.0", span(2, 3))
        assert.deepStrictEqual(yield* leap.check, {
          state: "down",
          detail: "the queue is in format 1, which is older than that: this is 3.2.0 and reads formats 2 to 3. " +
            "Start the release before it first"
        })
        yield* Effect.flip(leap.queue.backlog)
      }))
  }
)
