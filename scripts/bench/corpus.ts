import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Random, seeded } from "./Random.ts"

/** A record as a shipper posts it. */
export interface Record {
  readonly hostname: string
  readonly timestamp: string
  readonly message: string
  readonly syslog_severity: string
  readonly trap_oid?: string
}

interface Sample {
  readonly hostname: string
  readonly message: string
  readonly syslog_severity: string
}

const sampleFolder = join(import.meta.dirname, "../sample")
const read = (name: string): ReadonlyArray<object> => JSON.parse(readFileSync(join(sampleFolder, name), "utf8"))
const text = (value: object, key: string): string => {
  const found: unknown = Reflect.get(value, key)
  return typeof found === "string" ? found : ""
}

/** The shipped samples: what real devices say, about 80 characters a line. */
export const samples: ReadonlyArray<Sample> = read("demo_syslog_events.json").map((value) => ({
  hostname: text(value, "hostname"),
  message: text(value, "message"),
  syslog_severity: text(value, "syslog_severity")
}))

export const sampleOids: ReadonlyArray<string> = [
  ...new Set(read("demo_snmp_traps.json").map((value) => text(value, "trap_oid")))
]

/** The same line from another device on another day: every number in it changes, its words stay. */
const vary = (random: Random, message: string) =>
  message.replace(/\d+/g, (digits) => String(random.int(10 ** Math.min(digits.length, 5))))

/**
 * `count` different records: the samples with their numbers changed, from 2,000 hosts. One in eight is an SNMP trap.
 * The same seed gives the same records.
 */
export const records = (count: number, seed = 1): ReadonlyArray<Record> => {
  const random = seeded(seed)
  const timestamp = new Date().toISOString()
  return Array.from({ length: count }, () => {
    const { hostname, message, syslog_severity } = random.pick(samples)
    const record = {
      hostname: hostname.replace(/\d+/, String(random.int(120))),
      timestamp,
      message: vary(random, message),
      syslog_severity
    }
    return random.int(8) === 0 ? { ...record, trap_oid: `${random.pick(sampleOids)}.${random.int(40)}` } : record
  })
}

/** The time as RFC 3164 writes it, in UTC: `Aug  2 10:00:00`. */
const legacyTime = (at: Date): string =>
  `${at.toUTCString().slice(8, 11)} ${String(at.getUTCDate()).padStart(2, " ")} ${at.toISOString().slice(11, 19)}`

/** The same as RFC 3164 lines. */
export const syslogLines = (count: number, seed = 1): ReadonlyArray<string> => {
  const now = legacyTime(new Date())
  return records(count, seed).map(({ hostname, message }, index) =>
    `<${128 + (index % 64)}>${now} ${hostname} ${message}`
  )
}
