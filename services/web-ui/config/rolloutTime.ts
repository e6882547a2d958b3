import { Effect, Metric, Queue } from "effect"
import { ConfigRollout } from "../../../layers/config/ConfigRollout.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"

const rolloutSeconds = Metric.histogram("mutt_config_rollout_seconds", {
  description:
    "From a change of settings to every running process having it in force, or having refused it; what takes 5 seconds counts as above 5.",
  boundaries: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5]
})

/** How long a version is waited for, and what is observed when it was in vain. */
const longestMs = 5_000
const inVainMs = 5_001
/** Changes that wait to be followed: they are followed one after the other, as each is in the next. */
const mostWaiting = 1_000

interface Version {
  readonly epoch: string
  readonly version: number
  /** By the monotonic clock. */
  readonly changedAt: number
}

/** Makes a function that follows a version in the background until every process has it, and observes how long. */
export const makeRolloutTime = Effect.gen(function*() {
  const rollout = yield* ConfigRollout
  // It is there before the first change, so that a rate over it sees that.
  yield* Metric.value(rolloutSeconds)
  const versions = yield* Queue.sliding<Version>(mostWaiting)

  const follow = Effect.fnUntraced(function*({ changedAt, epoch, version }: Version) {
    const left = longestMs - ((yield* steadyMillis) - changedAt)
    const arrived = yield* rollout.await({ epoch, version }, Math.max(0, left)).pipe(
      Effect.map((instances) => instances.every((one) => one.epoch === epoch && one.version >= version)),
      // The list can't be read: nobody knows that it arrived.
      Effect.orElseSucceed(() => false)
    )
    const took = (yield* steadyMillis) - changedAt
    yield* Metric.update(rolloutSeconds, (arrived ? took : Math.max(took, inVainMs)) / 1_000)
  })

  yield* Queue.take(versions).pipe(Effect.flatMap(follow), Effect.forever, supervised("config.rollout"))
  return (version: Version) => Queue.offer(versions, version)
})
