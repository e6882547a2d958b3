import type { EventBatch, RefusedRecord } from "../../layers/queue/EventQueue.ts"
import type { Decoded } from "../../src/decode/ReceiveContext.ts"
import type { Misread, MisreadHost, Misreading } from "../../src/domain/DecodeReport.ts"
import { EventSource, type Quarantined } from "../../src/domain/Event.ts"
import { MisreadTally } from "../../src/logic/MisreadTally.ts"
import type { ArrivalTrace } from "./arrivalTrace.ts"
import type { DecodeReporter } from "./DecodeReporter.ts"
import type { Count } from "./metrics.ts"
import * as metrics from "./metrics.ts"

/** Decoded records as texts for the queue and numbers for metrics. Holds no events, so waiting batches stay small. */
export interface EncodedBatch {
  readonly batch: EventBatch
  readonly sources: Readonly<Record<EventSource, number>>
  /** `undefined` when all was understood. */
  readonly misread: MisreadTallies | undefined
  /** Of its messages whose trace is told; a request has its own. */
  readonly traces?: ReadonlyArray<ArrivalTrace>
}

interface MisreadTallies {
  readonly counts: ReadonlyMap<Misreading, number>
  readonly hosts: ReadonlyArray<MisreadHost>
}

/** Encodes with pauses: a request may hold many records. */
export function* encodeBatch(
  { events, misread, quarantined, texts }: Decoded,
  sender: string
): Generator<void, EncodedBatch> {
  const sources = { http: 0, syslog: 0, snmp: 0 }
  for (const { source } of events) sources[source]++
  const refused: Array<RefusedRecord> = []
  for (const record of quarantined) {
    if (refused.push(refusedOf(record)) % atOnce === 0) yield
  }
  return {
    batch: { sender, events: texts, quarantined: refused },
    sources,
    misread: misread === undefined ? undefined : yield* tallyMisread(misread)
  }
}

/** Records between two pauses. */
const atOnce = 128

export const refusedOf = (record: Quarantined): RefusedRecord => ({
  text: JSON.stringify(record),
  reason: record.reason,
  peer: record.peer
})

function* tallyMisread(misread: ReadonlyArray<Misread>): Generator<void, MisreadTallies> {
  const tally = new MisreadTally()
  const counts = new Map<Misreading, number>()
  for (const [index, one] of misread.entries()) {
    tally.note(one)
    for (const what of one.what) counts.set(what, (counts.get(what) ?? 0) + 1)
    if (index % atOnce === atOnce - 1) yield
  }
  return { counts, hosts: tally.take() }
}

/** Counts the events that were stored, and reports the misread ones. */
export const countStored = (
  { misread, sources }: EncodedBatch,
  count: Count,
  reporter: DecodeReporter["Service"]
): void => {
  for (const source of EventSource.literals) if (sources[source] > 0) count(metrics.events[source], sources[source])
  if (misread === undefined) return
  countPartial(misread.counts, count)
  reporter.add(misread.hosts)
}

/** Counts events that were understood in part. Records that became no event are counted as quarantined. */
export const countPartial = (counts: ReadonlyMap<string, number>, count: Count): void => {
  for (const [what, events] of counts) {
    const series = metrics.partial.get(what)
    if (series !== undefined) count(series, events)
  }
}
