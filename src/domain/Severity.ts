import { Schema } from "effect"

/** Syslog severity, RFC 5424 §6.2.1: 0 emergency … 7 debug. Lower is worse. */
export const Severity = Schema.Literals([0, 1, 2, 3, 4, 5, 6, 7])
export type Severity = typeof Severity.Type

export const severityNames = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const

/** Names of syslog and its dialects, of ITU-T X.733 (`major`, `cleared`), and the short forms of loggers. */
const names: ReadonlyArray<ReadonlyArray<string>> = [
  ["emerg", "emergency", "emergencies", "panic", "fatal", "ftl"],
  ["alert", "alerts"],
  ["crit", "critical", "crt"],
  ["err", "error", "errors", "eror", "severe", "major"],
  ["warn", "warning", "warnings", "wrn", "minor"],
  ["notice", "notification", "notifications", "ntc", "indeterminate"],
  ["info", "information", "informational", "inf", "cleared", "clear"],
  ["debug", "debugging", "dbg", "trace", "trc", "verbose"]
]

const byName: ReadonlyMap<string, Severity> = new Map(
  Severity.literals.flatMap((severity) => (names[severity] ?? []).map((name): [string, Severity] => [name, severity]))
)

/** Is the word a name of a severity, in any case? */
export const isSeverityName = (word: string): boolean => byName.has(word.toLowerCase())

/** Reads a severity as senders spell it: `3`, `"3"`, `"err"`, `"Error"`. Anything else is `undefined`. */
export const parseSeverity = (value: unknown): Severity | undefined => {
  if (typeof value === "number") return isSeverity(value) ? value : undefined
  if (typeof value !== "string") return undefined
  const text = value.trim()
  if (text.length === 1 && text >= "0" && text <= "7") return parseSeverity(Number(text))
  return byName.get(text.toLowerCase())
}

const isSeverity = (value: number): value is Severity => Number.isInteger(value) && value >= 0 && value <= 7
