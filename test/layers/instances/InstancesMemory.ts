import { Clock, Effect, Layer, PubSub, Stream } from "effect"
import { Instances, type Report, type Topic } from "../../../layers/instances/Instances.ts"
import type { Program } from "../../../src/domain/Settings.ts"

interface Kept extends Report<{ readonly state: unknown }> {
  readonly key: string
  readonly revision: string | undefined
}

/** A registry in memory, for tests, with as many processes as they want. */
export const makeInstancesMemory = Effect.gen(function*() {
  const reports = new Map<string, Kept>()
  const changed = yield* PubSub.unbounded<string>()

  /** The registry as one process sees it. */
  const process = (program: Program, instance: string) =>
    Layer.effect(
      Instances,
      Effect.gen(function*() {
        yield* Effect.addFinalizer(() =>
          Effect.sync(() => {
            for (const [name, kept] of reports) if (kept.instance === instance) reports.delete(name)
          })
        )
        return Instances.of({
          report: Effect.fnUntraced(function*<State>({ key, revision }: Topic<State>, state: State) {
            const seen = yield* Clock.currentTimeMillis
            const [name, is] = [`${key} ${instance}`, revision?.of(state)]
            const before = reports.get(name)
            const same = is !== undefined && before?.revision === is
            reports.set(
              name,
              same ? { ...before, seen } : { key, program, instance, state, revision: is, since: seen, seen }
            )
            if (revision !== undefined && !same) yield* PubSub.publish(changed, revision.channel)
          }),
          list: Effect.fnUntraced(function*<State>({ decode, key, silentMs }: Topic<State>) {
            const now = yield* Clock.currentTimeMillis
            const running = [...reports.values()].filter((kept) => kept.key === key && now - kept.seen <= silentMs)
            const instances = yield* Effect.forEach(
              running.toSorted((a, b) => (a.instance < b.instance ? -1 : 1)),
              ({ instance, program, seen, since, state }) =>
                Effect.map(Effect.orDie(decode(state)), (said) => ({ ...said, program, instance, since, seen }))
            )
            return { now, instances }
          }),
          changes: ({ revision }) =>
            Stream.fromPubSub(changed).pipe(
              Stream.filter((channel) => channel === revision?.channel),
              Stream.map(() => undefined)
            )
        })
      })
    )

  return { process, forget: Effect.sync(() => reports.clear()) }
})
