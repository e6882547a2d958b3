import type { Parcel } from "../../layers/queue/EventQueue.ts"
import type { Decoded } from "../../src/decode/Arrival.ts"
import { EventSource, type QuarantineReason } from "../../src/domain/Event.ts"
import type { Count } from "./metrics.ts"
import * as metrics from "./metrics.ts"

/**
 * What is decoded, as texts for the queue and as numbers for the metrics. Nothing of what was decoded is kept by it: it waits for Redis,
 * and what waits is what the process holds.
 */
export interface Packed {
  readonly parcel: Parcel
  readonly sources: Readonly<Record<EventSource, number>>
  readonly reasons: ReadonlyMap<QuarantineReason, number>
}

export const pack = ({ events, quarantined }: Decoded, sender: string): Packed => {
  const sources = { http: 0, syslog: 0, snmp: 0 }
  for (const { source } of events) sources[source]++
  const reasons = new Map<QuarantineReason, number>()
  for (const { reason } of quarantined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  return {
    parcel: {
      sender,
      events: events.map((event) => JSON.stringify(event)),
      quarantined: quarantined.map((record) => JSON.stringify(record))
    },
    sources,
    reasons
  }
}

/** Counts what was stored. */
export const countStored = ({ reasons, sources }: Packed, count: Count): void => {
  for (const source of EventSource.literals) if (sources[source] > 0) count(metrics.events[source], sources[source])
  for (const [reason, records] of reasons) count(metrics.quarantined(reason), records)
}
