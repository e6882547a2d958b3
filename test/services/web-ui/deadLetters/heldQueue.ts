import { Context, Effect, Layer } from "effect"
import { DeadLetters } from "../../../../layers/queue/DeadLetters.ts"
import { queueRedis } from "../../../../layers/queue/QueueLayer.ts"
import { onServer } from "../../../layers/queue/harness.ts"
import { queueDriver } from "../../../layers/queue/queueDriver.ts"
import { QueueMemory } from "../../../layers/queue/QueueMemory.ts"

/** What a test does just before a step moves letters. */
export class BeforeStep extends Context.Service<BeforeStep, { run: Effect.Effect<void> }>()(
  "test/services/web-ui/deadLetters/BeforeStep"
) {
  static readonly layer = Layer.sync(BeforeStep, () => ({ run: Effect.void }))
}

/** Lets a test come between two steps. */
const held = Layer.effect(
  DeadLetters,
  Effect.gen(function*() {
    const letters = yield* DeadLetters
    const before = yield* BeforeStep
    return DeadLetters.of({
      ...letters,
      replay: (...args) => Effect.andThen(Effect.suspend(() => before.run), letters.replay(...args)),
      requeue: (...args) => Effect.andThen(Effect.suspend(() => before.run), letters.requeue(...args))
    })
  })
)

const withSteps = <E>(queue: Layer.Layer<Layer.Success<typeof QueueMemory>, E>) =>
  held.pipe(Layer.provideMerge(queue), Layer.provideMerge(BeforeStep.layer))

/** The queue in memory, in Redis and in Valkey, as the programs may use it. */
export const queues = [
  ["memory", withSteps(QueueMemory)],
  ["Redis", withSteps(queueRedis("mutt:{ingest}").pipe(Layer.provide(onServer("redis"))))],
  ["Valkey", withSteps(queueRedis("mutt:{ingest}").pipe(Layer.provide(onServer("valkey"))))]
] as const

/** An event of this number on this host, as an alerter reads it. */
export const eventOf = (number: number, hostname: string) =>
  JSON.stringify({ id: `e-${number}`, hostname, message: `port ${number} "down"` })

/** Makes dead events of payloads. */
export const die = Effect.fnUntraced(function*(payloads: ReadonlyArray<string>, reason = "poison", detail = "no") {
  const { accept, acknowledge, take } = yield* queueDriver
  for (let at = 0; at < payloads.length; at += 1_000) {
    yield* accept(payloads.slice(at, at + 1_000))
    yield* acknowledge((yield* take(1_000)).map(({ position }, index) => ({
      _tag: "dead",
      position,
      letter: JSON.stringify({ reason, detail: `${detail} ${at + index}`, attempts: [] })
    })))
  }
})

/** Takes an event that dies only when the effect that this gives is run. */
export const dying = Effect.fnUntraced(function*(payload: string) {
  const { accept, acknowledge, take } = yield* queueDriver
  yield* accept([payload])
  const letter = JSON.stringify({ reason: "poison", detail: "late", attempts: [] })
  const outcomes = (yield* take(1, "late")).map(({ position }) => ({ _tag: "dead", position, letter }) as const)
  return Effect.orDie(Effect.asVoid(acknowledge(outcomes)))
})

/** Takes all events that wait, and ends them. */
export const drain = Effect.gen(function*() {
  const { acknowledge, take } = yield* queueDriver
  const taken: Array<string> = []
  for (;;) {
    const some = yield* take(1_000)
    if (some.length === 0) return taken
    taken.push(...some.map(({ payload }) => payload))
    yield* acknowledge(some.map(({ position }) => ({ _tag: "suppressed", position })))
  }
})
