import { Schema } from "effect"

/** Syslog severity, RFC 5424 §6.2.1: 0 emergency … 7 debug. Lower is worse. */
export const Severity = Schema.Literals([0, 1, 2, 3, 4, 5, 6, 7])
export type Severity = typeof Severity.Type

export const severityNames = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const

const byName: ReadonlyMap<string, Severity> = new Map<string, Severity>([
  ["emerg", 0],
  ["emergency", 0],
  ["panic", 0],
  ["fatal", 0],
  ["alert", 1],
  ["crit", 2],
  ["critical", 2],
  ["err", 3],
  ["error", 3],
  ["eror", 3],
  ["warn", 4],
  ["warning", 4],
  ["notice", 5],
  ["info", 6],
  ["information", 6],
  ["informational", 6],
  ["debug", 7],
  ["trace", 7]
])

/** Reads a severity as senders spell it: `3`, `"3"`, `"err"`, `"Error"`. Anything else is `undefined`. */
export const parseSeverity = (value: unknown): Severity | undefined => {
  if (typeof value === "number") return isSeverity(value) ? value : undefined
  if (typeof value !== "string") return undefined
  const text = value.trim()
  if (text.length === 1 && text >= "0" && text <= "7") return parseSeverity(Number(text))
  return byName.get(text.toLowerCase())
}

const isSeverity = (value: number): value is Severity => Number.isInteger(value) && value >= 0 && value <= 7
