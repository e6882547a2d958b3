import { Clock, Effect } from "effect"
import type { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { TrapTable } from "../../layers/config/TrapTable.ts"
import { makeZoneOf } from "../../layers/config/zoneOf.ts"
import { fillRandom } from "../../layers/random/secureRandom.ts"
import { isoText } from "../../src/decode/fields/calendar.ts"
import type { ReceiveContext } from "../../src/decode/ReceiveContext.ts"
import { makeUuid7 } from "../../src/logic/uuid7.ts"

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
