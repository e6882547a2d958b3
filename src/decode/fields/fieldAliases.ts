/** The parts of an event that a record may spell in many ways. */
export const slots = [
  "hostname",
  "message",
  "timestamp",
  "severity",
  "trapOid",
  "facility",
  "program",
  "sourceIp",
  "kind"
] as const
export type Slot = (typeof slots)[number]

/** Best spelling first: where a record has several, the first that can be read counts and the others stay among the fields. */
const names: Readonly<Record<Slot, ReadonlyArray<string>>> = {
  hostname: [
    "hostname",
    "host",
    "source_host",
    "host_name",
    "host.hostname",
    "host.name",
    "syslog_hostname",
    "device_name",
    "sysname",
    "nodename",
    "logsource",
    "computer",
    "fromhost"
  ],
  message: ["message", "msg", "short_message", "log", "text", "body", "event", "raw_message", "line", "full_message"],
  timestamp: [
    "timestamp",
    "isodate",
    "@timestamp",
    "event_time",
    "eventtime",
    "datetime",
    "time",
    "date",
    "ts",
    "timeReported",
    "timereported",
    "timegenerated"
  ],
  severity: [
    "syslog_severity",
    "severity",
    "syslogseverity",
    "syslogseverity-text",
    "priority",
    "level",
    "severity_text",
    "log_level",
    "loglevel",
    "log.level"
  ],
  trapOid: [
    "trap_oid",
    "trapOid",
    "trapoid",
    "snmpTrapOID",
    "snmpTrapOID.0",
    "SNMPv2-MIB::snmpTrapOID.0",
    "1.3.6.1.6.3.1.1.4.1.0",
    ".1.3.6.1.6.3.1.1.4.1.0",
    "iso.3.6.1.6.3.1.1.4.1.0"
  ],
  facility: ["syslog_facility", "facility", "syslogfacility-text", "syslogfacility", "facility_label"],
  program: [
    "program",
    "appname",
    "app_name",
    "app-name",
    "programname",
    "syslog_program",
    "syslog_identifier",
    "process_name",
    "ident"
  ],
  sourceIp: ["source_ip", "sourceIp", "sourceip", "source_address", "fromhost-ip", "fromhost_ip"],
  kind: ["mutt_type", "source"]
}

/** What one key of a record means. `rank` 0 is the best spelling. */
export interface Spelling {
  readonly slot: number
  readonly rank: number
}

/** Key as written → its meaning. Every name is known as listed, in capitals, and capitalised. */
export const fieldAliases: ReadonlyMap<string, Spelling> = new Map(
  slots.flatMap((slot, index) =>
    names[slot].flatMap((name, rank) =>
      [name.toUpperCase(), name.charAt(0).toUpperCase() + name.slice(1), name].map((
        key
      ): [string, Spelling] => [key, { slot: index, rank }])
    )
  )
)

export const slotOf: Readonly<Record<Slot, number>> = {
  hostname: 0,
  message: 1,
  timestamp: 2,
  severity: 3,
  trapOid: 4,
  facility: 5,
  program: 6,
  sourceIp: 7,
  kind: 8
}
