/** The parts of an event, each of which records have under many names. */
export const slots = [
  "hostname",
  "message",
  "timestamp",
  "severity",
  "trapOid",
  "facility",
  "program",
  "sourceIp",
  "kind",
  "priority"
] as const
export type Slot = (typeof slots)[number]

/**
 * The names of each part, best first: where a record has several, the first that can be read counts and the others stay
 * among the fields. Names with dots are those of nested objects too. The device goes before whoever passed its message
 * on.
 */
const names: Readonly<Record<Slot, ReadonlyArray<string>>> = {
  hostname: [
    "log.syslog.hostname",
    "hostname",
    "_HOSTNAME",
    "logsource",
    "source_host",
    "syslog_hostname",
    "host",
    "host_name",
    "host.hostname",
    "host.name",
    "device_name",
    "devname",
    "sysname",
    "nodename",
    "computer",
    "computername",
    "machinename",
    "machine_name",
    "fromhost",
    "observer.hostname",
    "observer.name",
    "kubernetes.host",
    "agentaddress",
    "agent_address",
    "agent.hostname",
    "agent.name"
  ],
  message: [
    "message",
    "msg",
    "short_message",
    "log",
    "text",
    "body",
    "event",
    "raw_message",
    "line",
    "full_message",
    "logmessage",
    "log_message",
    "@m",
    "@mt",
    "event.original"
  ],
  timestamp: [
    "timestamp",
    "isodate",
    "@timestamp",
    "event_time",
    "eventtime",
    "_SOURCE_REALTIME_TIMESTAMP",
    "__REALTIME_TIMESTAMP",
    "datetime",
    "time",
    "date",
    "ts",
    "@t",
    "timeReported",
    "timereported",
    "timegenerated",
    "syslog_timestamp",
    "logtime",
    "log_time",
    "asctime"
  ],
  severity: [
    "syslog_severity",
    "log.syslog.severity.code",
    "log.syslog.severity.name",
    "severity",
    "syslogseverity",
    "syslogseverity-text",
    "syslog.severity_label",
    "severity_label",
    "severity_code",
    "syslog_severity_code",
    "priority",
    "level",
    "severity_text",
    "severitytext",
    "log_level",
    "loglevel",
    "log.level",
    "levelname",
    "lvl",
    "@l",
    "eventtype"
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
  facility: [
    "syslog_facility",
    "log.syslog.facility.name",
    "log.syslog.facility.code",
    "facility",
    "syslogfacility-text",
    "syslogfacility",
    "facility_label",
    "syslog.facility_label",
    "facility_code"
  ],
  program: [
    "log.syslog.appname",
    "program",
    "appname",
    "app_name",
    "app-name",
    "programname",
    "syslog_program",
    "syslog_identifier",
    "process_name",
    "ident",
    "syslogtag",
    "sourcename",
    "_COMM",
    "process.name",
    "process.program"
  ],
  sourceIp: [
    "source_ip",
    "sourceIp",
    "sourceip",
    "source_address",
    "fromhost-ip",
    "fromhost_ip"
  ],
  kind: ["mutt_type", "source"],
  priority: ["pri", "syslog_pri", "log.syslog.priority", "syslog.priority"]
}

/** What one key of a record means. `rank` 0 is the best name. */
export interface FieldAlias {
  readonly slot: number
  readonly rank: number
}

/**
 * Key as written → its meaning. Every name is known as listed, capitalised, and in capitals, in this order of
 * preference.
 */
const aliases: ReadonlyMap<string, FieldAlias> = new Map(
  slots.flatMap((slot, index) =>
    names[slot].flatMap((name, rank) =>
      [name.toUpperCase(), name.charAt(0).toUpperCase() + name.slice(1), name].map((
        key,
        position
      ): [string, FieldAlias] => [key, { slot: index, rank: rank + (2 - position) / 4 }])
    )
  )
)

/** Keys whose objects may hold parts of an event under names with dots. */
export const nestedKeys: ReadonlySet<string> = new Set(
  Object.values(names).flat().filter((name) => /^[a-z]+\.[a-z]/.test(name)).map((name) =>
    name.slice(0, name.indexOf("."))
  )
)

/** What the key means, in whatever case it is written; `undefined` for a field of its own. */
export const aliasOf = (key: string): FieldAlias | undefined => aliases.get(key) ?? aliases.get(key.toLowerCase())

export const slotOf: Readonly<Record<Slot, number>> = {
  hostname: 0,
  message: 1,
  timestamp: 2,
  severity: 3,
  trapOid: 4,
  facility: 5,
  program: 6,
  sourceIp: 7,
  kind: 8,
  priority: 9
}
