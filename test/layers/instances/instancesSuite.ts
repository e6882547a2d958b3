import { assert } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Schema, type Scope, Stream } from "effect"
import { Instances, type Topic } from "../../../layers/instances/Instances.ts"
import type { Program } from "../../../src/domain/Settings.ts"

/** An empty registry, and what a test does to it behind the processes' backs. */
export interface Registry {
  readonly process: (program: Program, instance: string) => Layer.Layer<Instances>
  /** So much time goes by in which nobody reports anything. */
  readonly silence: (seconds: number) => Effect.Effect<void>
}

const State = Schema.Struct({ version: Schema.Int, note: Schema.String })
type State = typeof State.Type

/** Reports that count each for itself, and reports that count as one as long as the version is the same. */
export const plainTopic: Topic<State> = {
  key: "mutt:{config}:plain",
  silentMs: 60_000,
  decode: Schema.decodeUnknownEffect(State)
}
export const revisedTopic: Topic<State> = {
  ...plainTopic,
  key: "mutt:{config}:revised",
  silentMs: 10_000,
  revision: { of: ({ version }) => `v${version}`, channel: "mutt:{config}:changes" }
}

const process = (registry: Registry, program: Program, instance: string) =>
  Effect.map(
    Layer.build(Layer.fresh(registry.process(program, instance))),
    (context) => Context.get(context, Instances)
  )
const names = (instances: Instances["Service"], topic: Topic<State>) =>
  Effect.map(instances.list(topic), (list) => list.instances.map(({ instance }) => instance))
const at = (version: number, note = "") => ({ version, note })

/** What every registry promises. */
export const registryPromises: ReadonlyArray<{
  readonly name: string
  readonly promise: (registry: Registry) => Effect.Effect<void, unknown, Scope.Scope>
}> = [
  ...[plainTopic, revisedTopic].flatMap((topic) => [
    {
      name: `lists who lives, by name, with what each reports (${topic.key})`,
      promise: Effect.fnUntraced(function*(registry: Registry) {
        const [two, one] = [yield* process(registry, "ingestor", "i-2"), yield* process(registry, "alerter", "a-1")]
        assert.deepStrictEqual((yield* one.list(topic)).instances, [])
        yield* two.report(topic, at(4, "50 % {of} \"it\" #1"))
        yield* one.report(topic, at(5))
        const { instances, now } = yield* one.list(topic)
        const [first, second] = instances
        assert.deepInclude(first, { program: "alerter", instance: "a-1", ...at(5) })
        assert.deepInclude(second, { program: "ingestor", instance: "i-2", ...at(4, "50 % {of} \"it\" #1") })
        for (const { seen, since } of instances) assert.isTrue(since === seen && seen <= now)
      })
    },
    {
      name: `forgets who has ended, and who has been silent for too long (${topic.key})`,
      promise: Effect.fnUntraced(function*(registry: Registry) {
        const one = yield* process(registry, "ingestor", "i-1")
        yield* Effect.scoped(
          Effect.flatMap(process(registry, "alerter", "ended"), (gone) => gone.report(topic, at(1)))
        )
        assert.deepStrictEqual(yield* names(one, topic), [])
        yield* (yield* process(registry, "alerter", "silent")).report(topic, at(1))
        yield* one.report(topic, at(1))
        yield* registry.silence(topic.silentMs / 1_000 - 1)
        assert.deepStrictEqual(yield* names(one, topic), ["i-1", "silent"])
        yield* one.report(topic, at(1))
        yield* registry.silence(2)
        assert.deepStrictEqual(yield* names(one, topic), ["i-1"])
      })
    }
  ]),
  {
    name: "keeps since when a process reports a revision, and what it said first, however often it repeats that",
    promise: Effect.fnUntraced(function*(registry) {
      const one = yield* process(registry, "ingestor", "i-1")
      const only = Effect.flatMap(one.list(revisedTopic), ({ instances: [report] }) => Effect.fromNullishOr(report))
      yield* one.report(revisedTopic, at(4, "first"))
      const first = yield* only
      yield* registry.silence(1)
      yield* one.report(revisedTopic, at(4, "again"))
      const again = yield* only
      assert.deepInclude(again, { note: "first" })
      assert.isAtLeast(again.seen - again.since, first.seen - first.since)
      yield* one.report(revisedTopic, at(5, "new"))
      const { note, seen, since } = yield* only
      assert.deepStrictEqual([note, since], ["new", seen])
    })
  },
  {
    name: "keeps topics apart",
    promise: Effect.fnUntraced(function*(registry) {
      const one = yield* process(registry, "ingestor", "i-1")
      yield* one.report(plainTopic, at(1))
      assert.deepStrictEqual(yield* names(one, plainTopic), ["i-1"])
      assert.deepStrictEqual(yield* names(one, revisedTopic), [])
    })
  },
  {
    name: "says to whoever listens that a process reports another revision",
    promise: Effect.fnUntraced(function*(registry) {
      const [one, two] = [yield* process(registry, "ingestor", "i-1"), yield* process(registry, "ingestor", "i-2")]
      let version = 0
      // One element may only say that the listener listens now.
      const heard = yield* Effect.forkScoped(Stream.runDrain(Stream.take(one.changes(revisedTopic), 3)))
      yield* Effect.forkScoped(
        Effect.forever(Effect.andThen(Effect.suspend(() => two.report(revisedTopic, at(++version))), Effect.yieldNow))
      )
      yield* Fiber.join(heard)
    })
  }
]
