import { assert, describe, it } from "@effect/vitest"
import { decodeReportLimits, type Misread } from "../../../src/domain/DecodeReport.ts"
import { MisreadTally } from "../../../src/logic/MisreadTally.ts"
import { sampleOf } from "../../../src/logic/sample.ts"

const misread = (hostname: string, at: number, over: Partial<Misread> = {}): Misread => ({
  hostname,
  peer: "192.0.2.1",
  what: ["uptime"],
  at,
  raw: `<13>${hostname} ${at}`,
  ...over
})

describe("the tally of misread hosts", () => {
  it("counts each host by what was not understood, from its first record to its newest", () => {
    const tally = new MisreadTally()
    tally.note(misread("sw1", 1))
    tally.note(misread("fw1", 2, { what: ["not_syslog"], peer: undefined }))
    tally.note(misread("sw1", 3, { what: ["uptime", "charset_fallback"], peer: "192.0.2.9" }))
    assert.deepStrictEqual(tally.take(), [
      {
        hostname: "fw1",
        peer: undefined,
        counts: { not_syslog: 1 },
        firstAt: 2,
        lastAt: 2,
        sample: "<13>fw1 2"
      },
      {
        hostname: "sw1",
        peer: "192.0.2.9",
        counts: { uptime: 2, charset_fallback: 1 },
        firstAt: 1,
        lastAt: 3,
        sample: "<13>sw1 3"
      }
    ])
    assert.deepStrictEqual(tally.take(), [])
  })

  it("comes to the same when it is added up in parts", () => {
    const [whole, one, other, both] = [new MisreadTally(), new MisreadTally(), new MisreadTally(), new MisreadTally()]
    for (const at of [1, 2, 3, 4]) {
      for (const tally of [whole, at < 3 ? one : other]) tally.note(misread("sw1", at, { what: ["time_unread"] }))
    }
    for (const host of [...one.take(), ...other.take()]) both.add(host)
    assert.deepStrictEqual(both.take(), whole.take())
  })

  it("holds so many hosts as the report does: those noted longest ago make room", () => {
    const tally = new MisreadTally()
    const { hosts: most } = decodeReportLimits
    for (let at = 0; at < most; at++) tally.note(misread(`h${at}`, at))
    tally.note(misread("h0", most))
    tally.note(misread("new", most + 1))
    const hosts = tally.take().map(({ hostname }) => hostname)
    assert.lengthOf(hosts, most)
    assert.includeMembers(hosts, ["h0", "new"])
    assert.notInclude(hosts, "h1")
  })
})

describe("the sample of a text", () => {
  it("is its beginning, and whole Unicode", () => {
    const { sample } = decodeReportLimits
    assert.strictEqual(sampleOf("x".repeat(sample + 1)), "x".repeat(sample))
    assert.strictEqual(sampleOf(`${"x".repeat(sample - 1)}\u{1f600}`), `${"x".repeat(sample - 1)}\ufffd`)
    assert.strictEqual(sampleOf("\ufeffline\nline"), "\ufeffline\nline")
  })

  it.each([
    "sw1\nUDP: [192.0.2.1]:162\n.1.3.6.1.6.3.18.1.4.0 \"s3cret\"\n.1.3.6.1.2.1.1.5.0 \"sw1\"",
    "sw1\nUDP: [192.0.2.1]:162\nSNMP-COMMUNITY-MIB::snmpTrapCommunity.0 = STRING: \"s3cret\"\nsysName.0 = sw1",
    "sw1\nUDP: [192.0.2.1]:162\nsnmpTrapCommunity.0 s3cret\nsysName.0 sw1",
    "<29>snmptrapd[7]: 192.0.2.7(via UDP: [192.0.2.7]:5) TRAP, SNMP v1, community s3cret#012#011sw1",
    "{\"hostname\":\"sw1\",\"trap_community\" : \"s3cret\"}"
  ])("has no community of a trap: %j", (raw) => {
    const sample = sampleOf(raw)
    assert.notInclude(sample, "s3cret")
    assert.strictEqual(sample, raw.replace(/"s3cret"(?=\n)|s3cret/, "***"))
    assert.include(sample, "sw1")
  })
})
