import { cleanText } from "./text.ts"

/** Syslog facilities by number, RFC 5424 §6.2.1, as rsyslog names them. */
export const facilityNames = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
  "ntp",
  "audit",
  "alert",
  "clock",
  "local0",
  "local1",
  "local2",
  "local3",
  "local4",
  "local5",
  "local6",
  "local7"
] as const

/** Reads a facility: `23`, `"23"` or `"LOCAL7"`. A name that is not in the table is kept. */
export const readFacility = (value: unknown): string | undefined => {
  if (typeof value === "number") return facilityNames[value]
  if (typeof value !== "string") return undefined
  const text = cleanText(value).trim().toLowerCase()
  if (text === "") return undefined
  return /^\d{1,2}$/.test(text) ? facilityNames[Number(text)] : text
}
