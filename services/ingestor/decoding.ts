import { Cause, Clock, Context, Effect } from "effect"
import type { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { TrapTable } from "../../layers/config/TrapTable.ts"
import { makeZoneOf } from "../../layers/config/zoneOf.ts"
import { fillRandom } from "../../layers/random/secureRandom.ts"
import { steadyMillisOf } from "../../layers/telemetry/steadyTime.ts"
import { isoText } from "../../src/decode/fields/calendar.ts"
import type { Decoded, ReceiveContext } from "../../src/decode/ReceiveContext.ts"
import { Turns } from "../../src/logic/Turns.ts"
import { makeUuid7 } from "../../src/logic/uuid7.ts"
import * as metrics from "./metrics.ts"

/** Shares the event loop among everything that decodes. */
export const DecodeTurns = Context.Reference<Turns>("mutt/services/ingestor/DecodeTurns", {
  defaultValue: () => new Turns()
})

/** The address of a peer, in IPv4 where it is one: a socket for both families has `::ffff:192.0.2.1`. */
export const peerAddress = (address: string | undefined): string | undefined =>
  address?.startsWith("::ffff:") === true && address.includes(".") ? address.slice(7) : address

/** Where an arrival came from. */
export type Origin = Pick<ReceiveContext, "sender" | "source" | "peer" | "poster" | "traceparent"> & {
  readonly correlationId?: string | undefined
}

/** What arrives without a correlation id gets one. */
type ReceiveContexts = (from: Origin) => ReceiveContext

/** Makes what decoders need to know of an arrival: its time, ids, and the zones of hosts. Plain, for the hot path. */
export const makeReceiveContexts: Effect.Effect<ReceiveContexts, never, DynamicConfig> = Effect.gen(function*() {
  const clock = yield* Clock.Clock
  const trapNames = yield* TrapTable
  const zoneOf = yield* makeZoneOf
  const makeId = makeUuid7(fillRandom)
  let at = 0
  let receivedAt = isoText(at)
  // By the time of the newest arrival: the clock is not read again.
  const newId = () => makeId(at)
  return ({ correlationId, peer, poster, sender, source, traceparent }) => {
    const now = clock.currentTimeMillisUnsafe()
    if (now !== at) {
      at = now
      receivedAt = isoText(now)
    }
    return {
      correlationId: correlationId ?? newId(),
      sender,
      source,
      peer,
      poster,
      zoneOf,
      trapNames,
      at,
      receivedAt,
      traceparent,
      newId
    }
  }
})

/** One log line in so long: an input that makes a decoder fail rarely comes alone. */
const silenceMs = 10_000

/** Counts records that made a decoder fail, and logs one now and then. Plain, for the hot path. */
export const makeFailureReport: Effect.Effect<(door: metrics.Entrance, decoded: Decoded) => void> = Effect.gen(
  function*() {
    const count = yield* metrics.counting
    const clock = yield* Clock.Clock
    const run = Effect.runForkWith(yield* Effect.context<never>())
    let silentUntil = 0
    let unlogged = 0
    return (door, { failure, quarantined }) => {
      if (failure === undefined) return
      const records = quarantined.reduce((sum, { reason }) => reason === "decoder_failed" ? sum + 1 : sum, 0)
      count(metrics.decoderFailures[door], records)
      unlogged += records
      const now = steadyMillisOf(clock)
      if (now < silentUntil) return
      silentUntil = now + silenceMs
      run(Effect.annotateLogs(Effect.logError("A decoder failed; its records are in quarantine.", Cause.die(failure)), {
        door,
        records: unlogged
      }))
      unlogged = 0
    }
  }
)
