import { Effect, Metric, Queue } from "effect"
import type { ConfigRollout, InstanceState } from "../../../layers/config/ConfigRollout.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"

const changeSeconds = Metric.histogram("mutt_config_change_seconds", {
  description:
    "From the commit of a change of settings to its being in force in every process; above 10 when it was not by then.",
  boundaries: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
})

/** A change is watched for so long. */
const longestMs = 10_000
/** What is counted for a change that is not in force by then, or that a process refused. */
const neverMs = 60_000

interface Change {
  /** `undefined`: it could not be announced. */
  readonly version: { readonly epoch: string; readonly version: number } | undefined
  readonly since: number
}

/** Measures, beside the answer to a change, when every process runs it. */
export const makeChangeSeconds = Effect.fnUntraced(function*(rollout: ConfigRollout["Service"]) {
  const changes = yield* Queue.sliding<Change>(16)
  const record = (ms: number) => Metric.update(changeSeconds, ms / 1_000)
  const measure = Effect.fnUntraced(function*({ since, version }: Change) {
    if (version === undefined) return yield* record(neverMs)
    const instances = yield* rollout.await(version, Math.max(0, longestMs - ((yield* steadyMillis) - since)))
    const now = yield* steadyMillis
    const runsIt = ({ epoch, ok, version: runs }: InstanceState) =>
      ok && epoch === version.epoch && runs >= version.version
    yield* record(instances.every(runsIt) ? now - since : neverMs)
  })
  yield* Queue.take(changes).pipe(
    Effect.flatMap((change) =>
      Effect.forkChild(droppedAt("config.measure", "A change was not timed.")(measure(change)))
    ),
    Effect.forever,
    supervised("config.measure")
  )
  return (change: Change) => Queue.offer(changes, change)
})
