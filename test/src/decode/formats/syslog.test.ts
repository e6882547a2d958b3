import { assert, describe, it } from "@effect/vitest"
import { decodeSyslog } from "../../../../src/decode/formats/syslog.ts"
import { Refusal } from "../../../../src/decode/ReceiveContext.ts"
import type { Event } from "../../../../src/domain/Event.ts"
import { contextOf } from "../contextOf.ts"

const peer = "192.0.2.9"
const decode = (line: string, at?: number) =>
  decodeSyslog(line, contextOf({ source: "syslog", peer, ...(at === undefined ? {} : { at }) }))

const event = (line: string, at?: number): Event => {
  const result = decode(line, at)
  if (result instanceof Refusal) return assert.fail(`${result.reason}: ${result.detail}`)
  return result
}

const ten = "2026-08-22T10:00:00.000Z"
const arrivalTime = "2026-08-22T10:00:05.000Z"

describe("decodeSyslog", () => {
  const table: ReadonlyArray<readonly [string, string, Partial<Record<keyof Event, unknown>>]> = [
    [
      "RFC 5424 with structured data and a byte order mark",
      "<165>1 2026-08-22T10:00:00.003Z SW1 ifmgr 1234 ID47 [ex@32473 if=\"Gi0/1\" q=\"a\\\"b\\]\"] \ufefflink down",
      {
        hostname: "sw1",
        program: "ifmgr",
        severity: 5,
        facility: "local4",
        timestamp: "2026-08-22T10:00:00.003Z",
        message: "link down",
        sourceIp: peer,
        source: "syslog",
        fields: { procid: "1234", msgid: "ID47", "ex@32473": { if: "Gi0/1", q: "a\"b]" } }
      }
    ],
    ["RFC 5424 with nil values", "<34>1 - - - - - - hello", {
      hostname: peer,
      program: undefined,
      message: "hello",
      timestamp: arrivalTime,
      timestampText: undefined,
      severity: 2,
      facility: "auth",
      fields: undefined
    }],
    ["RFC 5424 with an offset", "<34>1 2026-08-22T12:00:00.000000+02:00 sw1 su - ID47 - 'su root' failed", {
      timestamp: ten,
      message: "'su root' failed"
    }],
    ["RFC 5424 with two elements and no text", "<165>1 2026-08-22T10:00:00Z sw1 evt - - [a@1 x=\"1\"][b@1 y=\"2\"]", {
      message: "[a@1 x=\"1\"][b@1 y=\"2\"]",
      fields: { "a@1": { x: "1" }, "b@1": { y: "2" } }
    }],
    ["RFC 5424 with broken structured data", "<165>1 2026-08-22T10:00:00Z sw1 evt - - [a@1 x=1] text", {
      message: "[a@1 x=1] text",
      hostname: "sw1"
    }],
    ["RFC 3164", "<34>Aug 22 10:00:00 mymachine su: 'su root' failed for lonvick on /dev/pts/8", {
      hostname: "mymachine",
      program: "su",
      timestamp: ten,
      severity: 2,
      facility: "auth",
      message: "'su root' failed for lonvick on /dev/pts/8"
    }],
    ["RFC 3164 with a process id", "<13>Aug  2 10:00:00 h1 sshd[812]: Failed password", {
      hostname: "h1",
      program: "sshd",
      timestamp: "2026-08-02T10:00:00.000Z",
      message: "Failed password",
      fields: { procid: "812" }
    }],
    ["RFC 3164 without a host", "<13>Aug 22 10:00:00 sshd[812]: Failed password", { hostname: peer, program: "sshd" }],
    ["RFC 3164 without a tag", "<189>Aug 22 10:00:00 sw1 %LINK-3-UPDOWN: Interface Gi0/1, changed state to down", {
      hostname: "sw1",
      program: undefined,
      message: "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down"
    }],
    ["RFC 3164 with the time of RFC 3339", "<13>2026-08-22T10:00:00.003Z sw1 ifmgr: down", {
      timestamp: "2026-08-22T10:00:00.003Z",
      hostname: "sw1",
      program: "ifmgr",
      message: "down"
    }],
    [
      "Cisco IOS with a sequence number and a clock that is not set",
      "<189>45: *Aug 22 10:00:00.123: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down",
      {
        hostname: peer,
        timestamp: "2026-08-22T10:00:00.123Z",
        message: "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down",
        fields: { sequence: 45 }
      }
    ],
    ["Cisco IOS with an origin id", "<189>45: sw1: *Aug 22 10:00:00.123 UTC: %SYS-5-CONFIG_I: Configured", {
      hostname: "sw1",
      timestamp: "2026-08-22T10:00:00.123Z",
      message: "%SYS-5-CONFIG_I: Configured"
    }],
    ["Cisco IOS in summer time", "<189>45: Aug 22 12:00:00.123 CEST: %SYS-5-CONFIG_I: Configured", {
      timestamp: "2026-08-22T10:00:00.123Z",
      timestampText: undefined,
      message: "%SYS-5-CONFIG_I: Configured"
    }],
    ["Cisco IOS in a zone that can't be told", "<189>45: Aug 22 12:00:00.123 EDT: %SYS-5-CONFIG_I: Configured", {
      timestamp: arrivalTime,
      timestampText: "Aug 22 12:00:00.123 EDT",
      message: "%SYS-5-CONFIG_I: Configured"
    }],
    ["Cisco ASA with a year and a spaced colon", "<166>Aug 22 2026 10:00:00 fw1 : %ASA-6-302013: Built connection", {
      hostname: "fw1",
      timestamp: ten,
      message: "%ASA-6-302013: Built connection"
    }],
    ["Cisco ASA without a host", "<166>Aug 22 2026 10:00:00: %ASA-6-302013: Built connection", {
      hostname: peer,
      timestamp: ten,
      message: "%ASA-6-302013: Built connection"
    }],
    ["Cisco with the host before a colon", "<189>Aug 22 10:00:00 sw1: %LINK-3-UPDOWN: down", {
      hostname: "sw1",
      message: "%LINK-3-UPDOWN: down"
    }],
    ["Cisco NX-OS", "<189>2026 Aug 22 10:00:00 UTC: %ETHPORT-5-IF_UP: Interface up", {
      timestamp: ten,
      message: "%ETHPORT-5-IF_UP: Interface up"
    }],
    ["Meraki", "<134>1 1787392800.123456789 MX84 urls src=192.0.2.1", {
      timestamp: "2026-08-22T10:00:00.123Z",
      hostname: "mx84",
      message: "urls src=192.0.2.1"
    }],
    ["Juniper", "<165>Aug 22 10:00:00  r1 mgd[123]: UI_COMMIT: commit", { hostname: "r1", program: "mgd" }],
    ["a host that is an IPv6 address", "<13>Aug 22 10:00:00 2001:db8::1 app: m", {
      hostname: "2001:db8::1",
      program: "app"
    }],
    ["no priority", "Aug 22 10:00:00 sw1 app: m", { hostname: "sw1", severity: 5, facility: "user" }],
    ["no header at all", "something happened", {
      hostname: peer,
      message: "something happened",
      timestamp: arrivalTime
    }],
    ["pairs that name the device", "<190>date=2026-08-22 devname=\"fw1\" msg=x", {
      hostname: "fw1",
      severity: 6,
      message: "date=2026-08-22 devname=\"fw1\" msg=x"
    }],
    ["a priority that is none", "<999>text", { message: "<999>text", severity: 5 }],
    ["a line end and NUL at the end", "<13>Aug 22 10:00:00 sw1 app: m\r\n\0", { message: "m" }],
    [
      "snmptrapd's line of a v1 trap",
      "<29>Aug 22 10:00:00 collector snmptrapd[77]: 2026-08-22 10:00:00 192.0.2.7(via UDP: [192.0.2.7]:50123->[10.0.0.1]:162) TRAP, SNMP v1, community x#012#011.1.3.6.1.4.1.9 Enterprise Specific Trap (42) Uptime: 0:01",
      {
        source: "snmp",
        trapOid: "1.3.6.1.4.1.9.0.42",
        hostname: "192.0.2.7"
      }
    ]
  ]
  for (const [what, line, expected] of table) {
    it(`reads ${what}`, () => {
      const result = event(line)
      assert.deepStrictEqual(
        Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(result, key)])),
        { ...expected }
      )
    })
  }

  it("reads December in January as last year's, and January in December as next year's", () => {
    assert.strictEqual(
      event("<13>Dec 31 23:59:59 h a: m", Date.UTC(2027, 0, 1, 0, 0, 5)).timestamp,
      "2026-12-31T23:59:59.000Z"
    )
    assert.strictEqual(
      event("<13>Jan  1 00:00:02 h a: m", Date.UTC(2026, 11, 31, 23, 59, 58)).timestamp,
      "2027-01-01T00:00:02.000Z"
    )
    assert.strictEqual(event("<13>Feb 29 10:00:00 h a: m", Date.UTC(2029, 0, 1)).timestamp, "2028-02-29T10:00:00.000Z")
  })

  const refused: ReadonlyArray<readonly [string, string, string]> = [
    ["an empty message", "<13>", "missing_message"],
    ["a header without a message", "<13>1 2026-08-22T10:00:00Z sw1 app - - - ", "missing_message"],
    ["a TLS greeting", "\u0016\u0003\u0001\u0002\0\u0001\0", "not_syslog"]
  ]
  for (const [what, line, reason] of refused) {
    it(`refuses ${what}`, () => {
      const result = decode(line)
      assert.instanceOf(result, Refusal)
      assert.strictEqual(result.reason, reason)
    })
  }
})
