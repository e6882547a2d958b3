import { Effect, Schedule } from "effect"
import type { EventBatch } from "../../layers/queue/EventQueue.ts"
import * as metrics from "./metrics.ts"

const sayEvery = "10 seconds"

/**
 * Counts the refused records of a stored batch, kept or over their origin's share, and says now and then whose were not kept. Plain,
 * for the hot path.
 */
export const makeQuarantineCounts = Effect.gen(function*() {
  const count = yield* metrics.counting
  let lost = 0
  let example = {}

  const countQuarantined = ({ quarantined, sender }: EventBatch, overShare: ReadonlyArray<number> = []): void => {
    const unkept = new Set(overShare)
    quarantined.forEach(({ reason }, index) => {
      const counter = (unkept.has(index) ? metrics.overShare : metrics.quarantined).get(reason)
      if (counter !== undefined) count(counter, 1)
    })
    const one = quarantined[overShare[0] ?? -1]
    if (one === undefined) return
    lost += overShare.length
    example = { sender, peer: one.peer ?? "", reason: one.reason }
  }

  const say = Effect.suspend(() => {
    const records = lost
    lost = 0
    return records === 0 ? Effect.void : Effect.annotateLogs(
      Effect.logWarning("Refused records were not kept: their origin is over its share of the quarantine."),
      { records, ...example }
    )
  })

  yield* Effect.addFinalizer(() => say)
  yield* say.pipe(Effect.schedule(Schedule.spaced(sayEvery)), Effect.forkScoped)
  return countQuarantined
})
