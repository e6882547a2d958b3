/** Spans that end now, as the address writes them. */
export const presets = [
  { value: "-15m", title: "Last 15 min" },
  { value: "-1h", title: "Last hour" },
  { value: "-6h", title: "Last 6 h" },
  { value: "-24h", title: "Last 24 h" },
  { value: "-7d", title: "Last 7 days" },
  { value: "-30d", title: "Last 30 days" },
  { value: "all", title: "All that is kept" }
] as const

export const usualRange = "-1h"

/**
 * The longest that is searched without an index is a day to the millisecond, and a request takes its time: so a day is a
 * minute less.
 */
const margin = 60_000

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** How long `-6h` is; `undefined` where it is no such span. */
const relativeMs = (from: string): number | undefined => {
  const [, count, unit] = /^-(\d{1,4})([mhd])$/.exec(from) ?? []
  const ms = unit === undefined ? undefined : units[unit]
  return ms === undefined ? undefined : Number(count) * ms
}

export interface Span {
  readonly from?: string
  readonly to?: string
}

interface Range {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const isTime = (text: string | undefined): text is string => text !== undefined && !Number.isNaN(Date.parse(text))

/** The times that a range means at this moment. What can't be read is the usual range. */
export const spanAt = ({ from = usualRange, to }: Range, nowMs: number): Span => {
  const end = isTime(to) ? { to: new Date(to).toISOString() } : {}
  if (from === "all") return end
  if (isTime(from)) return { from: new Date(from).toISOString(), ...end }
  const before = relativeMs(from) ?? relativeMs(usualRange) ?? 0
  const begin = (isTime(to) ? Date.parse(to) : nowMs) - before
  return { from: new Date(before === units["d"] ? begin + margin : begin).toISOString(), ...end }
}

/** `in the last hour`; times are written by `show`. */
export const rangeWords = ({ from = usualRange, to }: Range, show: (time: string) => string): string => {
  const until = isTime(to) ? ` until ${show(to)}` : ""
  if (from === "all") return until === "" ? "in all that is kept" : until.trim()
  if (isTime(from)) return `from ${show(from)}${until === "" ? " on" : until}`
  const preset = presets.find(({ value }) => value === from) ?? presets.find(({ value }) => value === usualRange)
  return until === "" ? `in the ${(preset?.title ?? "").toLowerCase()}` : `in the time${until}`
}

/** The shortest usual span that reaches back to this time. */
export const rangeReaching = (time: string, nowMs: number): string =>
  presets.find(({ value }) => nowMs - Date.parse(time) < (relativeMs(value) ?? Infinity) * 0.95)?.value ?? "all"
