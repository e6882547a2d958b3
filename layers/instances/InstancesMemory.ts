import { Clock, Effect, Layer, PubSub, Stream } from "effect"
import type { Program } from "../../src/domain/Settings.ts"
import { Instances, type Topic } from "./Instances.ts"

interface Kept {
  readonly program: Program
  readonly state: unknown
  readonly revision: string | undefined
  readonly since: number
  readonly seen: number
}

/** A registry in memory, for tests, with as many processes as they want. */
export const makeInstancesMemory = Effect.gen(function*() {
  /** Key of a topic → instance → its newest report. */
  const topics = new Map<string, Map<string, Kept>>()
  const news = yield* PubSub.unbounded<string>()
  const reportsOf = (key: string) => {
    const reports = topics.get(key) ?? new Map<string, Kept>()
    topics.set(key, reports)
    return reports
  }

  /** The registry as one process sees it. */
  const process = (program: Program, instance: string) =>
    Layer.effect(
      Instances,
      Effect.gen(function*() {
        yield* Effect.addFinalizer(() =>
          Effect.sync(() => {
            for (const reports of topics.values()) reports.delete(instance)
          })
        )
        return Instances.of({
          report: Effect.fnUntraced(function*<State>(topic: Topic<State>, state: State) {
            const seen = yield* Clock.currentTimeMillis
            const reports = reportsOf(topic.key)
            const [before, revision] = [reports.get(instance), topic.revision?.of(state)]
            const same = revision !== undefined && before?.revision === revision
            reports.set(instance, same ? { ...before, seen } : { program, state, revision, since: seen, seen })
            if (topic.revision !== undefined && !same) yield* PubSub.publish(news, topic.revision.channel)
          }),
          list: ({ decode, key, silentMs }) =>
            Effect.gen(function*() {
              const now = yield* Clock.currentTimeMillis
              const reports = reportsOf(key)
              for (const [name, { seen }] of reports) if (now - seen > silentMs) reports.delete(name)
              const sorted = [...reports].toSorted(([a], [b]) => (a < b ? -1 : 1))
              const instances = yield* Effect.forEach(
                sorted,
                ([instance, { program, seen, since, state }]) =>
                  Effect.map(Effect.orDie(decode(state)), (said) => ({ ...said, program, instance, since, seen }))
              )
              return { now, instances }
            }),
          changes: ({ revision }) =>
            Stream.fromPubSub(news).pipe(
              Stream.filter((channel) => channel === revision?.channel),
              Stream.map(() => undefined)
            )
        })
      })
    )

  return { process, forget: Effect.sync(() => topics.clear()) }
})
