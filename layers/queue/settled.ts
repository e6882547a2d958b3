import type { SettledPage } from "./Books.ts"
import type { Outcome } from "./EventQueue.ts"

const hourMs = 3_600_000
const letterZ = 0x5a

/** The names of counts in Redis. */
const outcomes = { f: "forwarded", s: "suppressed", u: "unmatched" } as const

/**
 * Makes a function that tells the hour of the epoch in which an event was received; 0 where that is not known, and
 * nothing of a dead letter, which has no row. It remembers the newest hour: those of a batch are mostly of one.
 */
export const makeHourOf = () => {
  // Up to the hour, of a time in UTC. One with another zone would be of another hour.
  let prefix = ""
  let hour = 0
  return (outcome: Outcome | undefined): number | undefined => {
    if (outcome === undefined || outcome._tag === "dead") return undefined
    const { receivedAt } = outcome
    if (receivedAt === undefined) return 0
    const isUtc = receivedAt.charCodeAt(receivedAt.length - 1) === letterZ
    if (isUtc && prefix !== "" && receivedAt.startsWith(prefix)) return hour
    const millis = Date.parse(receivedAt)
    hour = millis > 0 ? Math.floor(millis / hourMs) : 0
    prefix = hour > 0 && isUtc ? receivedAt.slice(0, 14) : ""
    return hour
  }
}

/** Reads the fields `<hour> <kind>` and `since`. */
export const settledOf = (
  at: number,
  oldestWaiting: number,
  fields: ReadonlyMap<string, string | number>
): SettledPage => ({
  at,
  oldestWaiting: oldestWaiting === 0 ? undefined : oldestWaiting,
  since: fields.has("since") ? Number(fields.get("since")) : undefined,
  counts: [...fields].flatMap(([field, count]) => {
    const [hour, kind] = field.split(" ")
    return kind === "f" || kind === "s" || kind === "u"
      ? [{ hour: Number(hour), outcome: outcomes[kind], count: Number(count) }]
      : []
  })
})
