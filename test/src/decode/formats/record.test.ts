import { assert, describe, it } from "@effect/vitest"
import type { Schema } from "effect"
import traps from "../../../../scripts/sample/demo_snmp_traps.json" with { type: "json" }
import syslogEvents from "../../../../scripts/sample/demo_syslog_events.json" with { type: "json" }
import { decodeRecord } from "../../../../src/decode/formats/record.ts"
import { Refusal } from "../../../../src/decode/ReceiveContext.ts"
import type { Event } from "../../../../src/domain/Event.ts"
import { contextOf } from "../contextOf.ts"

const least = { hostname: "sw1", message: "link down" }

const event = (record: unknown): Event => {
  const result = decodeRecord(record, contextOf())
  if (result instanceof Refusal) return assert.fail(`${result.reason}: ${result.detail}`)
  return result
}

const partly = (record: unknown, expected: Partial<Record<keyof Event, unknown>>) => {
  const result = event(record)
  const seen = Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(result, key)]))
  assert.deepStrictEqual(seen, { ...expected })
}

const nested = (levels: number): Schema.Json => JSON.parse("[".repeat(levels) + "]".repeat(levels))

describe("decodeRecord", () => {
  it("makes an event of the least a record must say", () => {
    assert.deepStrictEqual(event(least), {
      id: "id-1",
      correlationId: "c-1",
      source: "http",
      sender: "shipper",
      receivedAt: "2026-08-22T10:00:05.000Z",
      timestamp: "2026-08-22T10:00:05.000Z",
      hostname: "sw1",
      message: "link down"
    })
  })

  const spellings: ReadonlyArray<readonly [string, unknown, Partial<Record<keyof Event, unknown>>]> = [
    ["host in capitals", { HOST: "SW1.Example.COM.", MESSAGE: "m" }, { hostname: "sw1.example.com", message: "m" }],
    ["source_host and msg", { source_host: "sw1", msg: "m" }, { hostname: "sw1", message: "m" }],
    ["Logstash's host object", { host: { name: "sw1" }, message: "m" }, { hostname: "sw1" }],
    ["ECS's host object", { host: { hostname: "sw1", ip: ["192.0.2.1"] }, message: "m" }, { hostname: "sw1" }],
    ["Fluent Bit's log and date", { host: "sw1", log: "m", date: 1755856800.5 }, {
      message: "m",
      timestamp: "2025-08-22T10:00:00.500Z"
    }],
    ["a host by its address alone", { source_ip: "192.0.2.7", message: "m" }, {
      hostname: "192.0.2.7",
      sourceIp: "192.0.2.7"
    }],
    ["rsyslog's leading space", { ...least, message: " %LINK-3-UPDOWN: down" }, { message: "%LINK-3-UPDOWN: down" }],
    ["line ends and NUL", { ...least, message: "a\0b\r\n" }, { message: "ab" }],
    ["half a surrogate pair", { ...least, message: "a\ud800b" }, { message: "a\ufffdb" }],
    ["a number as message", { ...least, message: 42 }, { message: "42" }],
    ["an object as message", { ...least, message: { a: 1 } }, { message: "{\"a\":1}" }],
    ["severity by number", { ...least, syslog_severity: 3 }, { severity: 3 }],
    ["severity by name", { ...least, severity: "err" }, { severity: 3 }],
    ["severity as a digit in text", { ...least, PRIORITY: "4" }, { severity: 4 }],
    ["level in capitals", { ...least, LEVEL: "CRITICAL" }, { severity: 2 }],
    ["the better spelling of severity", { ...least, severity: "info", syslog_severity: 2 }, {
      severity: 2,
      fields: { severity: "info" }
    }],
    ["a severity nobody knows", { ...least, severity: "Audit Failure" }, {
      severity: undefined,
      fields: { severity: "Audit Failure" },
      decode: ["severity_unread"]
    }],
    ["a level of nobody's, which is no severity", { ...least, level: 30 }, {
      severity: undefined,
      fields: { level: 30 }
    }],
    ["facility by number", { ...least, facility: 23 }, { facility: "local7" }],
    ["facility by name", { ...least, FACILITY: "AUTH" }, { facility: "auth" }],
    ["program in capitals", { ...least, PROGRAM: "sshd" }, { program: "sshd" }],
    ["Vector's appname", { ...least, appname: "ifmgr" }, { program: "ifmgr" }],
    ["an OID with a leading dot", { ...least, trap_oid: ".1.3.6.1.4.1.9" }, {
      trapOid: "1.3.6.1.4.1.9",
      source: "snmp"
    }],
    ["an OID that begins with iso", { ...least, trap_oid: "iso.3.6.1" }, { trapOid: "1.3.6.1", source: "snmp" }],
    ["an OID by name", { ...least, trap_oid: "IF-MIB::linkDown" }, { trapOid: "1.3.6.1.6.3.1.1.5.3" }],
    ...["coldStart", "warmStart", "linkDown", "linkUp", "authenticationFailure", "egpNeighborLoss"].map((name, index) =>
      [`the bare name ${name}`, { hostname: "sw1", trap_oid: name }, {
        trapOid: `1.3.6.1.6.3.1.1.5.${index + 1}`,
        source: "snmp"
      }] as const
    ),
    ["an OID that can't be told", { ...least, trap_oid: "X-MIB::y" }, {
      trapOid: undefined,
      source: "http",
      fields: { trap_oid: "X-MIB::y" }
    }],
    ["source says snmp", { ...least, source: "snmp" }, { source: "snmp", fields: undefined }],
    ["mutt_type says snmp", { ...least, mutt_type: "snmp_trap" }, { source: "snmp" }],
    ["source says syslog", { ...least, source: "syslog" }, { source: "syslog" }],
    ["source is something else", { ...least, source: "/var/log/x" }, {
      source: "http",
      fields: { source: "/var/log/x" }
    }],
    ["IPv4 written as IPv6", { ...least, source_ip: "::ffff:192.0.2.1" }, { sourceIp: "192.0.2.1" }],
    ["a source address that is none", { ...least, source_ip: "nowhere" }, {
      sourceIp: undefined,
      fields: { source_ip: "nowhere" }
    }],
    ["fields of its own", { ...least, PID: "812", tags: ["a", { b: null }] }, {
      fields: { PID: "812", tags: ["a", { b: null }] }
    }],
    ["syslog-ng's record", {
      PRIORITY: "err",
      PROGRAM: "sshd",
      PID: "812",
      MESSAGE: "Failed password",
      HOST: "h1",
      FACILITY: "auth",
      DATE: "Aug 22 10:00:00",
      ISODATE: "2026-08-22T12:00:00+02:00"
    }, {
      hostname: "h1",
      message: "Failed password",
      severity: 3,
      facility: "auth",
      program: "sshd",
      timestamp: "2026-08-22T10:00:00.000Z",
      fields: { PID: "812", DATE: "Aug 22 10:00:00" }
    }],
    ["snmptrapd's log line, by way of syslog", {
      host: "collector",
      program: "snmptrapd",
      message:
        "2026-08-22 10:00:00 <UNKNOWN> [UDP: [192.0.2.7]:50123->[10.0.0.1]:162]:#012iso.3.6.1.2.1.1.3.0 = Timeticks: "
        + "(123) 0:00:01.23#011iso.3.6.1.6.3.1.1.4.1.0 = OID: iso.3.6.1.6.3.1.1.5.3#011iso.3.6.1.2.1.2.2.1.1.3 = INTEGER: 3"
    }, { hostname: "192.0.2.7", sourceIp: "192.0.2.7", trapOid: "1.3.6.1.6.3.1.1.5.3", source: "snmp" }]
  ]
  for (const [what, record, expected] of spellings) it(`reads ${what}`, () => partly(record, expected))

  const times: ReadonlyArray<readonly [unknown, string]> = [
    ["2026-08-22T10:00:00.123456+00:00", "2026-08-22T10:00:00.123Z"],
    ["2026-08-22t10:00:00z", "2026-08-22T10:00:00.000Z"],
    ["2026-08-22 12:00:00+0200", "2026-08-22T10:00:00.000Z"],
    ["2026-08-22T10:00:00", "2026-08-22T10:00:00.000Z"],
    ["2025-11-11T16:34:39.7110083Z", "2025-11-11T16:34:39.711Z"],
    ["2026-06-30T23:59:60Z", "2026-07-01T00:00:00.000Z"],
    [1755856800, "2025-08-22T10:00:00.000Z"],
    [1755856800.25, "2025-08-22T10:00:00.250Z"],
    [1755856800123, "2025-08-22T10:00:00.123Z"],
    [1755856800123456, "2025-08-22T10:00:00.123Z"],
    ["1755856800123456789", "2025-08-22T10:00:00.123Z"],
    ["Aug 22 09:59:59", "2026-08-22T09:59:59.000Z"]
  ]
  for (const [written, read] of times) {
    it(`reads the time ${String(written)}`, () =>
      partly({ ...least, timestamp: written }, { timestamp: read, timestampText: undefined }))
  }

  for (
    const written of [
      "yesterday",
      "2026-02-30T10:00:00Z",
      "2026-08-22T25:00:00Z",
      "10:00:00",
      45,
      "0001-01-01T00:00:00Z",
      true
    ]
  ) {
    it(`keeps the unreadable time ${String(written)} and takes the arrival's`, () =>
      partly({ ...least, timestamp: written }, {
        timestamp: "2026-08-22T10:00:05.000Z",
        timestampText: String(written)
      }))
  }

  it("takes the first spelling of time that can be read", () =>
    partly({ ...least, timestamp: "soon", "@timestamp": "2026-08-22T10:00:00Z" }, {
      timestamp: "2026-08-22T10:00:00.000Z",
      timestampText: undefined
    }))

  const refused: ReadonlyArray<readonly [string, unknown, string]> = [
    ["no object", 42, "not_an_object"],
    ["null", null, "not_an_object"],
    ["an array", [least], "not_an_object"],
    ["no host", { message: "m" }, "missing_hostname"],
    ["an empty host", { hostname: " ", message: "m" }, "missing_hostname"],
    ["a host that is null", { hostname: null, message: "m" }, "missing_hostname"],
    ["no message", { hostname: "sw1" }, "missing_message"],
    ["an empty message", { hostname: "sw1", message: "" }, "missing_message"],
    ["a message of line ends", { hostname: "sw1", message: "\r\n" }, "missing_message"],
    ["a host of 256 characters", { hostname: "h".repeat(256), message: "m" }, "hostname_too_long"],
    ["a field nested 33 deep", { ...least, deep: nested(33) }, "too_deep"],
    ["a field nested 32 deep, which makes 33 levels with the record", { ...least, deep: nested(32) }, "too_deep"]
  ]
  for (const [what, record, reason] of refused) {
    it(`refuses ${what}`, () => {
      const result = decodeRecord(record, contextOf())
      assert.instanceOf(result, Refusal)
      assert.strictEqual(result.reason, reason)
    })
  }

  it("lets no client override what is ours", () => {
    const forged = event({
      ...least,
      id: "mine",
      correlationId: "mine",
      _correlation_id: "mine",
      _retry_count: 99,
      receivedAt: "never",
      sender: "admin",
      ["__proto__"]: { severity: 0 }
    })
    assert.strictEqual(forged.id, "id-1")
    assert.strictEqual(forged.correlationId, "c-1")
    assert.strictEqual(forged.sender, "shipper")
    assert.strictEqual(forged.receivedAt, "2026-08-22T10:00:05.000Z")
    assert.deepStrictEqual(forged.fields, {
      id: "mine",
      correlationId: "mine",
      receivedAt: "never",
      sender: "admin"
    })
  })

  it("cuts a message beyond the limit and says how long it was", () => {
    const result = event({ ...least, message: "x".repeat(70_000) })
    assert.strictEqual(result.message.length, 65_536)
    assert.deepStrictEqual(result.fields, { message_truncated: 70_000 })
  })

  it("keeps a field nested 31 deep, which makes 32 levels with the record", () => {
    assert.deepStrictEqual(event({ ...least, deep: nested(31) }).fields, { deep: nested(31) })
  })

  it("keeps 64 fields and counts the rest", () => {
    const extras = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`f${i}`, i]))
    const fields = event({ ...least, ...extras }).fields ?? {}
    assert.strictEqual(Object.keys(fields).length, 65)
    assert.strictEqual(fields["fields_dropped"], 6)
  })

  it("reads every sample event", () => {
    for (const record of syslogEvents) {
      const result = event(record)
      assert.strictEqual(result.source, "http")
      assert.isDefined(result.severity)
      assert.isUndefined(result.timestampText)
      assert.deepStrictEqual(result.fields, { source_type: record.source_type })
    }
  })

  it("reads every sample trap: the host is its address, the message its variables", () => {
    for (const record of traps) {
      const result = event(record)
      assert.strictEqual(result.source, "snmp")
      assert.strictEqual(result.hostname, record.source_ip)
      assert.strictEqual(result.sourceIp, record.source_ip)
      assert.strictEqual(result.trapOid, record.trap_oid)
      assert.isTrue(result.message.startsWith(`SNMP trap ${record.trap_oid}`))
    }
    partly(traps[1], {
      message: "SNMP trap 1.3.6.1.6.3.1.1.5.3 (linkDown): 1.3.6.1.2.1.2.2.1.1=2, 1.3.6.1.2.1.2.2.1.8=2",
      severity: 6
    })
  })
})
