import { Cause, Clock, Effect } from "effect"
import { steadyMillisOf } from "../../layers/telemetry/steadyTime.ts"
import type { Decoded } from "../../src/decode/ReceiveContext.ts"
import * as metrics from "./metrics.ts"

/** One line for so long: an input that makes a decoder fail rarely comes alone. */
const silenceMs = 10_000

/** Counts what made a decoder fail, and says it now and then. Plain, for the hot path. */
export const makeFailureReport: Effect.Effect<(door: metrics.Door, decoded: Decoded) => void> = Effect.gen(function*() {
  const count = yield* metrics.counting
  const clock = yield* Clock.Clock
  const run = Effect.runForkWith(yield* Effect.context<never>())
  let quietUntil = 0
  let unsaid = 0
  return (door, { failure, quarantined }) => {
    if (failure === undefined) return
    const records = quarantined.reduce((sum, { reason }) => reason === "decoder_failed" ? sum + 1 : sum, 0)
    count(metrics.decoderFailures[door], records)
    unsaid += records
    const now = steadyMillisOf(clock)
    if (now < quietUntil) return
    quietUntil = now + silenceMs
    run(Effect.annotateLogs(Effect.logError("A decoder failed; its records are in quarantine.", Cause.die(failure)), {
      door,
      records: unsaid
    }))
    unsaid = 0
  }
})
