import { assert, describe, it } from "@effect/vitest"
import { decodeSnmptrapd } from "../../../../src/decode/formats/snmptrapd.ts"
import { Refusal } from "../../../../src/decode/ReceiveContext.ts"
import type { Event } from "../../../../src/domain/Event.ts"
import { contextOf } from "../contextOf.ts"

const event = (...lines: ReadonlyArray<string>): Event => {
  const result = decodeSnmptrapd(lines.join("\n"), contextOf({ source: "snmp" }))
  if (result instanceof Refusal) return assert.fail(`${result.reason}: ${result.detail}`)
  return result
}

const from = "UDP: [192.0.2.7]:50123->[10.0.0.1]:162"
const linkDown = [
  "iso.3.6.1.2.1.1.3.0 0:1:02:03.45",
  "iso.3.6.1.6.3.1.1.4.1.0 iso.3.6.1.6.3.1.1.5.3",
  "iso.3.6.1.2.1.2.2.1.1.3 3",
  "iso.3.6.1.2.1.2.2.1.2.3 \"GigabitEthernet0/3\""
]

describe("decodeSnmptrapd", () => {
  it("reads a trap without MIBs: the device is where it came from", () => {
    const result = event("<UNKNOWN>", from, ...linkDown, "")
    assert.strictEqual(result.hostname, "192.0.2.7")
    assert.strictEqual(result.sourceIp, "192.0.2.7")
    assert.strictEqual(result.source, "snmp")
    assert.strictEqual(result.trapOid, "1.3.6.1.6.3.1.1.5.3")
    assert.strictEqual(
      result.message,
      "SNMP trap 1.3.6.1.6.3.1.1.5.3 (linkDown): 1.3.6.1.2.1.2.2.1.1.3=3, "
        + "1.3.6.1.2.1.2.2.1.2.3=GigabitEthernet0/3"
    )
    assert.deepStrictEqual(result.fields?.["variables"], [
      { oid: "1.3.6.1.2.1.1.3.0", value: "0:1:02:03.45" },
      { oid: "1.3.6.1.6.3.1.1.4.1.0", value: "iso.3.6.1.6.3.1.1.5.3" },
      { oid: "1.3.6.1.2.1.2.2.1.1.3", value: "3" },
      { oid: "1.3.6.1.2.1.2.2.1.2.3", value: "GigabitEthernet0/3" }
    ])
  })

  const spelled: ReadonlyArray<readonly [string, string, string]> = [
    ["numbers", ".1.3.6.1.6.3.1.1.4.1.0", ".1.3.6.1.4.1.9.9.43.2.0.1"],
    ["iso", "iso.3.6.1.6.3.1.1.4.1.0", "iso.3.6.1.4.1.9.9.43.2.0.1"],
    ["names", "SNMPv2-MIB::snmpTrapOID.0", "SNMPv2-SMI::enterprises.9.9.43.2.0.1"]
  ]
  for (const [how, name, oid] of spelled) {
    it(`reads an OID written with ${how}`, () =>
      assert.strictEqual(event("sw1", from, `${name} ${oid}`).trapOid, "1.3.6.1.4.1.9.9.43.2.0.1"))
  }

  it("takes the name that snmptrapd found for the device", () =>
    assert.strictEqual(event("SW1.example.com", from, ...linkDown).hostname, "sw1.example.com"))

  it("takes its address where snmptrapd writes that in the place of the name", () =>
    assert.strictEqual(event(from, from, ...linkDown).hostname, "192.0.2.7"))

  it("says of a trap whose name is in no table that rules for its OID can't match", () => {
    const named = event("sw1", from, "SNMPv2-MIB::snmpTrapOID.0 ACME-MIB::acmeDown", "ACME-MIB::acmePort.1 3")
    assert.deepStrictEqual([named.trapOid, named.decode], [undefined, ["trap_name_unknown"]])
    assert.isUndefined(event("sw1", from, ...linkDown).decode)
  })

  it("keeps no community", () => {
    const result = event("<UNKNOWN>", from, ...linkDown, "iso.3.6.1.6.3.18.1.4.0 \"hush\"")
    assert.notInclude(JSON.stringify(result), "hush")
  })

  it("takes the device's own address from a relayed or version 1 trap", () => {
    const result = event("relay.example.com", from, ...linkDown, "iso.3.6.1.6.3.18.1.3.0 198.51.100.4")
    assert.strictEqual(result.hostname, "198.51.100.4")
    assert.strictEqual(result.sourceIp, "198.51.100.4")
  })

  it("ignores the empty address that some agents put there", () =>
    assert.strictEqual(event("<UNKNOWN>", from, ...linkDown, ".1.3.6.1.6.3.18.1.3.0 0.0.0.0").hostname, "192.0.2.7"))

  it("reads values that span lines, hold quotes, or are empty", () => {
    const result = event(
      "<UNKNOWN>",
      from,
      ...linkDown.slice(0, 2),
      ".1.3.6.1.4.1.9.1 \"first",
      "second \\\"quoted\\\"",
      "iso.3.6 is not an OID here",
      "last\"",
      ".1.3.6.1.4.1.9.2 \"\"",
      ".1.3.6.1.4.1.9.3 ",
      ".1.3.6.1.4.1.9.4 \"00 1A 2B \"",
      ".1.3.6.1.4.1.9.5.\"a b\" x"
    )
    assert.deepStrictEqual(result.fields?.["variables"], [
      { oid: "1.3.6.1.2.1.1.3.0", value: "0:1:02:03.45" },
      { oid: "1.3.6.1.6.3.1.1.4.1.0", value: "iso.3.6.1.6.3.1.1.5.3" },
      { oid: "1.3.6.1.4.1.9.1", value: "first\nsecond \"quoted\"\niso.3.6 is not an OID here\nlast" },
      { oid: "1.3.6.1.4.1.9.2", value: "" },
      { oid: "1.3.6.1.4.1.9.3", value: "" },
      { oid: "1.3.6.1.4.1.9.4", value: "00 1A 2B " },
      { oid: ".1.3.6.1.4.1.9.5.\"a b\"", value: "x" }
    ])
  })

  it("keeps the text of an OID it cannot read, and still says snmp", () => {
    const result = event("<UNKNOWN>", from, "SNMPv2-MIB::snmpTrapOID.0 CISCO-CONFIG-MAN-MIB::ciscoConfigManEvent")
    assert.strictEqual(result.source, "snmp")
    assert.isUndefined(result.trapOid)
    assert.strictEqual(result.message, "SNMP trap CISCO-CONFIG-MAN-MIB::ciscoConfigManEvent")
  })

  it("refuses what is not a trap", () => {
    for (const text of ["", "hello", "hello\nworld\n", "a\nb\nc"]) {
      assert.instanceOf(decodeSnmptrapd(text, contextOf()), Refusal)
    }
  })
})
