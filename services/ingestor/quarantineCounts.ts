import { Effect, Schedule } from "effect"
import type { EventBatch } from "../../layers/queue/EventQueue.ts"
import * as metrics from "./metrics.ts"

const logEvery = "10 seconds"

/** Counts the quarantined records of a stored batch, and logs now and then whose were over their share and not kept. */
export const makeQuarantineCounts = Effect.gen(function*() {
  const count = yield* metrics.counting
  let lost = 0
  let example = {}

  const countQuarantined = ({ quarantined, sender }: EventBatch, overShare: ReadonlyArray<number> = []): void => {
    const notKept = new Set(overShare)
    quarantined.forEach(({ reason }, index) => {
      const counter = (notKept.has(index) ? metrics.overShare : metrics.quarantined).get(reason)
      if (counter !== undefined) count(counter, 1)
    })
    const one = quarantined[overShare[0] ?? -1]
    if (one === undefined) return
    lost += overShare.length
    example = { sender, peer: one.peer ?? "", reason: one.reason }
  }

  const logLost = Effect.suspend(() => {
    const records = lost
    lost = 0
    return records === 0 ? Effect.void : Effect.annotateLogs(
      Effect.logWarning("Refused records were not kept: their origin is over its share of the quarantine."),
      { records, ...example }
    )
  })

  yield* Effect.addFinalizer(() => logLost)
  yield* logLost.pipe(Effect.schedule(Schedule.spaced(logEvery)), Effect.forkScoped)
  return countQuarantined
})
