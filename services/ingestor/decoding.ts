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

/** Whose turn it is to decode. One for the process: the event loop is one. */
export const DecodeTurns = Context.Reference<Turns>("mutt/services/ingestor/DecodeTurns", {
  defaultValue: () => new Turns()
})

/** The peer's address as it is written elsewhere: IPv4 on a socket for both families comes as `::ffff:192.0.2.1`. */
export const peerAddress = (address: string | undefined): string | undefined =>
  address?.startsWith("::ffff:") === true && address.includes(".") ? address.slice(7) : address

type Origin = Pick<ReceiveContext, "sender" | "source" | "peer" | "poster"> & {
  readonly correlationId?: string | undefined
}

/** Without a correlation id of its own, what arrives gets one. */
export type ReceiveContexts = (from: Origin) => ReceiveContext

/** Stamps what arrives: the time by the program's clock, ids, and the zones of hosts. Made once; plain, for the hot path. */
export const makeReceiveContexts: Effect.Effect<ReceiveContexts, never, DynamicConfig> = Effect.gen(function*() {
  const clock = yield* Clock.Clock
  const trapNames = yield* TrapTable
  const zoneOf = yield* makeZoneOf
  const makeId = makeUuid7(fillRandom)
  let at = 0
  let receivedAt = isoText(at)
  // The time of the newest arrival will do, and is not asked for again.
  const newId = () => makeId(at)
  return ({ correlationId, peer, poster, sender, source }) => {
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
      newId
    }
  }
})

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
