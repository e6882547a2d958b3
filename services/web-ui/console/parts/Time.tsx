import { useSyncExternalStore } from "react"
import { now } from "../api/clock.ts"
import { useKept } from "../api/kept.ts"
import "./Time.css"

/** Where the person wants times shown: `UTC`, `local`, or a zone by its name. */
export const useZone = (): readonly [zone: string, set: (zone: string) => void] => useKept("zone", "UTC")

export const zoneName = (zone: string): string =>
  zone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone

const formats = new Map<string, Intl.DateTimeFormat>()
const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  // Swedish writes dates in ISO order.
  const made = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zoneName(zone),
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit"
  })
  formats.set(zone, made)
  return made
}

/** `2026-03-01 04:05:06`, in this zone. */
export const timeText = (at: string | number, zone: string): string => {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? String(at) : formatOf(zone).format(date)
}

const steps = [[86_400, "d"], [3_600, "h"], [60, "min"], [1, "s"]] as const

/** `3 min`, the largest unit alone. */
export const durationText = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  const [size, unit] = steps.find(([size]) => seconds >= size) ?? [1, "s"]
  return `${Math.floor(seconds / size)} ${unit}`
}

export const agoText = (at: string | number): string => {
  const ms = now() - new Date(at).getTime()
  if (ms < -1_000) return `in ${durationText(-ms)}`
  return ms < 1_000 ? "just now" : `${durationText(ms)} ago`
}

const tickers = new Set<() => void>()
let tick = 0
setInterval(() => {
  tick += 1
  for (const ticker of tickers) ticker()
}, 1_000)
const subscribe = (ticker: () => void) => {
  tickers.add(ticker)
  return () => void tickers.delete(ticker)
}

/** Draws again every so many seconds. */
export const useTick = (seconds = 1): number => useSyncExternalStore(subscribe, () => Math.floor(tick / seconds))

/** A point in time as the person wants to see it; how long ago it is comes beside it when asked for. */
export const Time = ({ ago = false, at }: { readonly at: string | null | undefined; readonly ago?: boolean }) => {
  const [zone] = useZone()
  useTick(ago ? 5 : 3_600)
  if (at === null || at === undefined) return <span className="quiet-text">–</span>
  const full = `${timeText(at, zone)} ${zone === "UTC" ? "UTC" : zoneName(zone)}`
  return <time className="time" dateTime={at} title={full}>{ago ? agoText(at) : timeText(at, zone)}</time>
}
