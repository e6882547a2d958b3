import { Context, Effect, Layer, Semaphore } from "effect"
import { firstFormat, formatForAll, formatProblem } from "../../src/logic/queueFormat.ts"
import { Environment } from "../environment/Environment.ts"
import { Instances, type InstancesUnavailable } from "../instances/Instances.ts"
import { processTopic } from "../instances/processTopic.ts"
import { Redis, RedisFailed } from "../redis/Redis.ts"
import { supervised } from "../telemetry/supervised.ts"
import { formatTopic } from "./formatTopic.ts"
import { queueKeys } from "./keys.ts"
import { type FormatState, KnownFormats, QueueFormat } from "./QueueFormat.ts"
import { int, list, text } from "./replies.ts"
import { topology } from "./scripts.ts"

/** Milliseconds between two looks at who runs and what the queue holds. */
export const LookEvery = Context.Reference<number>("mutt/layers/queue/LookEvery", { defaultValue: () => 5_000 })

/**
 * Each process reports which formats it reads, then reads which format the queue has, and then touches it. Who raises
 * the format does the opposite: it raises, and looks who runs before it writes. So a program of an earlier release that
 * starts meanwhile either sees the new format and leaves the queue alone, or is seen and keeps the former one in use.
 */
export const QueueFormatLayer = Layer.effect(
  QueueFormat,
  Effect.gen(function*() {
    const redis = yield* Redis
    const instances = yield* Instances
    const { queueName, version } = yield* Environment
    const reads = yield* KnownFormats
    const everyMs = yield* LookEvery
    const one = yield* Semaphore.make(1)
    const key = queueKeys(queueName).topology
    let known: FormatState | undefined
    /** All read a newer format since the look before. */
    let ripe = false

    const read = (raise: number) =>
      Effect.map(redis.script(topology, [key], topology.call({ raise, release: version }).args), (reply) => {
        const [format, release] = list(reply)
        return { format: int(format), release: text(release) }
      })

    /** The newest format that every running process of this queue reads. */
    const forAll = Effect.gen(function*() {
      const { instances: tell } = yield* instances.list(formatTopic)
      const { instances: all } = yield* instances.list(processTopic)
      const silent = all.some(({ instance }) => !tell.some((one) => one.instance === instance))
      const here = tell.filter(({ queue }) => queue === queueName)
      return formatForAll(reads, silent ? [firstFormat, ...here] : here)
    })

    const look = Effect.gen(function*() {
      yield* instances.report(formatTopic, { queue: queueName, version, ...reads })
      let found = yield* read(firstFormat.newest)
      let writes = yield* forAll
      const raises = writes > found.format
      if (raises && ripe) {
        found = yield* read(writes)
        writes = yield* forAll
        yield* Effect.annotateLogs(
          Effect.logInfo("All programs read a newer format of the queue; it is written now."),
          found
        )
      }
      ripe = raises
      const problem = formatProblem(reads, found, version)
      if (problem !== undefined && known?.problem === undefined) {
        yield* Effect.annotateLogs(Effect.logError("This program does not know the format of the queue, and waits."), {
          problem
        })
      }
      known = { format: found.format, writes: Math.min(writes, found.format), problem }
      return known
    }).pipe(Effect.catchTag("InstancesUnavailable", unreachable))

    yield* one.withPermits(1)(look).pipe(
      // Whether Redis answers is for others to say; what was known stays.
      Effect.catchTag("RedisFailed", () => Effect.succeed(known)),
      Effect.andThen(Effect.sleep(everyMs)),
      Effect.forever,
      supervised("queue.format")
    )

    const state = Effect.suspend(() =>
      known === undefined
        ? one.withPermits(1)(Effect.suspend(() => known === undefined ? look : Effect.succeed(known)))
        : Effect.succeed(known)
    )
    const open = Effect.void
    const ask = Effect.flatMap(
      state,
      ({ problem }) =>
        problem === undefined
          ? open
          : Effect.fail(new RedisFailed({ operation: "queue.format", reason: "reply", detail: problem, unsent: true }))
    )
    const pass = Effect.suspend(() => known !== undefined && known.problem === undefined ? open : ask)
    return { pass, state }
  })
)

const unreachable = ({ detail }: InstancesUnavailable) =>
  Effect.fail(new RedisFailed({ operation: "queue.format", reason: "unavailable", detail, unsent: true }))
