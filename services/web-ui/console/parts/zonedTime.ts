import { zoneOffset } from "../../../../src/logic/zoneOffset.ts"

/** What somebody typed as a time in a zone, as an instant. */
export interface Typed {
  /** RFC 3339, UTC. */
  readonly at: string
  /** `skipped`: clocks are set forward over it, and the time as long after is meant. `twice`: the first is meant. */
  readonly odd?: "skipped" | "twice"
}

const dayMs = 86_400_000

/** Reads `2026-03-29T02:30` as clocks of a zone show it; `undefined` when it is no time. */
export const readZoned = (text: string, zone: string): Typed | undefined => {
  const shown = Date.parse(`${text}Z`)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(text) || Number.isNaN(shown)) return undefined
  const offsetAt = zoneOffset(zone)
  // Before and after any change of clocks on that day.
  const found = [...new Set([offsetAt(shown - dayMs), offsetAt(shown + dayMs)])].map((offset) => shown - offset)
  const right = found.filter((at) => at + offsetAt(at) === shown).toSorted((a, b) => a - b)
  const at = right[0] ?? shown - offsetAt(shown - dayMs)
  return {
    at: new Date(at).toISOString(),
    ...(right.length === 0 ? { odd: "skipped" } : right.length === 2 ? { odd: "twice" } : {})
  }
}

/** An instant as `2026-03-29T02:30` by the clocks of a zone. */
export const zonedText = (at: string, zone: string): string => {
  const ms = Date.parse(at)
  return Number.isNaN(ms) ? "" : new Date(ms + zoneOffset(zone)(ms)).toISOString().slice(0, 16)
}
