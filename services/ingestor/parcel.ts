import type { Parcel } from "../../layers/queue/EventQueue.ts"
import type { Decoded } from "../../src/decode/Arrival.ts"
import type { Misread, MisreadHost, Misreading } from "../../src/domain/DecodeReport.ts"
import { EventSource, type QuarantineReason } from "../../src/domain/Event.ts"
import { MisreadTally } from "../../src/logic/MisreadTally.ts"
import type { DecodeReporter } from "./DecodeReporter.ts"
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
  /** Absent when all was understood. */
  readonly misread: PackedMisread | undefined
}

interface PackedMisread {
  readonly counts: ReadonlyMap<Misreading, number>
  readonly hosts: ReadonlyArray<MisreadHost>
}

/** Packs with pauses: a request may hold many records. */
export function* pack({ events, misread, quarantined, texts }: Decoded, sender: string): Generator<void, Packed> {
  const sources = { http: 0, syslog: 0, snmp: 0 }
  for (const { source } of events) sources[source]++
  const reasons = new Map<QuarantineReason, number>()
  for (const { reason } of quarantined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  const refused: Array<string> = []
  for (const record of quarantined) {
    if (refused.push(JSON.stringify(record)) % atOnce === 0) yield
  }
  return {
    parcel: {
      sender,
      events: texts,
      quarantined: refused
    },
    sources,
    reasons,
    misread: misread === undefined ? undefined : yield* packMisread(misread)
  }
}

/** Records between two pauses. */
const atOnce = 128

function* packMisread(misread: ReadonlyArray<Misread>): Generator<void, PackedMisread> {
  const tally = new MisreadTally()
  const counts = new Map<Misreading, number>()
  for (const [index, one] of misread.entries()) {
    tally.note(one)
    for (const what of one.what) counts.set(what, (counts.get(what) ?? 0) + 1)
    if (index % atOnce === atOnce - 1) yield
  }
  return { counts, hosts: tally.take() }
}

/** Counts what was stored, and reports what of it was misread. */
export const countStored = (
  { misread, reasons, sources }: Packed,
  count: Count,
  reporter: DecodeReporter["Service"]
): void => {
  for (const source of EventSource.literals) if (sources[source] > 0) count(metrics.events[source], sources[source])
  for (const [reason, records] of reasons) count(metrics.quarantined(reason), records)
  if (misread === undefined) return
  countPartial(misread.counts, count)
  reporter.add(misread.hosts)
}

/** Counts what was understood in part; what became no event at all is counted as quarantined. */
export const countPartial = (counts: ReadonlyMap<string, number>, count: Count): void => {
  for (const [what, events] of counts) {
    const series = metrics.partial.get(what)
    if (series !== undefined) count(series, events)
  }
}
