import type { Parcel } from "../../layers/queue/EventQueue.ts"
import type { Decoded } from "../../src/decode/Arrival.ts"
import type { Count } from "./metrics.ts"
import * as metrics from "./metrics.ts"

/** The texts that go into the queue. */
export const parcelOf = ({ events, quarantined }: Decoded, sender: string): Parcel => ({
  sender,
  events: events.map((event) => JSON.stringify(event)),
  quarantined: quarantined.map((record) => JSON.stringify(record))
})

/** Counts what was stored. */
export const countStored = ({ events, quarantined }: Decoded, count: Count): void => {
  let snmp = 0
  let syslog = 0
  for (const { source } of events) {
    if (source === "snmp") snmp++
    else if (source === "syslog") syslog++
  }
  const http = events.length - snmp - syslog
  if (http > 0) count(metrics.events.http, http)
  if (syslog > 0) count(metrics.events.syslog, syslog)
  if (snmp > 0) count(metrics.events.snmp, snmp)
  for (const { reason } of quarantined) count(metrics.quarantined(reason), 1)
}
