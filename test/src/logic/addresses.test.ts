import { assert, describe, it } from "@effect/vitest"
import { isIn, parseAddress, parseRanges } from "../../../src/logic/addresses.ts"
import { peerNetwork } from "../../../src/logic/peerNetwork.ts"

const holds = (list: string, address: string): boolean => {
  const [ranges, parsed] = [parseRanges(list), parseAddress(address)]
  assert.isTrue(typeof ranges !== "string" && parsed !== undefined, `${list} ${address}`)
  return typeof ranges !== "string" && parsed !== undefined && isIn(parsed, ranges)
}

describe("addresses", () => {
  it("are read in every spelling, and nothing else is", () => {
    for (
      const [text, hex] of [
        ["192.0.2.1", "00000000000000000000ffffc0000201"],
        ["::ffff:192.0.2.1", "00000000000000000000ffffc0000201"],
        ["::ffff:c000:201", "00000000000000000000ffffc0000201"],
        ["::", "00000000000000000000000000000000"],
        ["::1", "00000000000000000000000000000001"],
        ["2001:DB8::a", "20010db800000000000000000000000a"],
        ["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
        ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"]
      ] as const
    ) assert.strictEqual(Buffer.from(parseAddress(text) ?? []).toString("hex"), hex, text)
    for (
      const text of [
        "",
        " ",
        "a",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "0x1.2.3.4",
        "1.2.3.4 ",
        "-1.2.3.4",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "g::",
        "fe80::1%eth0",
        "::1.2.3",
        "1.2.3.4::",
        "::ffff:1.2.3.4:5"
      ]
    ) assert.isUndefined(parseAddress(text), text)
  })

  it("are in the ranges that hold them, IPv4 also where a socket writes it as IPv6", () => {
    for (
      const [list, address, wanted] of [
        ["10.0.0.0/8", "10.255.0.1", true],
        ["10.0.0.0/8", "::ffff:10.1.2.3", true],
        ["10.0.0.0/8", "11.0.0.0", false],
        ["10.1.2.0/23", "10.1.3.255", true],
        ["10.1.2.0/23", "10.1.4.0", false],
        ["192.0.2.7", "192.0.2.7", true],
        ["192.0.2.7", "192.0.2.8", false],
        ["0.0.0.0/0", "203.0.113.9", true],
        ["0.0.0.0/0", "2001:db8::1", false],
        ["::/0", "2001:db8::1", true],
        ["::/0", "10.0.0.1", false],
        ["::ffff:10.0.0.0/104", "10.9.9.9", true],
        ["2001:db8::/33", "2001:db8:7fff::1", true],
        ["2001:db8::/33", "2001:db8:8000::1", false],
        ["192.0.2.1, 2001:db8::/32", "2001:db8::5", true]
      ] as const
    ) assert.strictEqual(holds(list, address), wanted, `${address} in ${list}`)
  })

  it("make no list when one of them is wrong, and the reason repeats no part of the text", () => {
    for (
      const list of [
        "",
        " ",
        ",",
        "10.0.0.0/8,",
        "10.0.0.0/33",
        "2001:db8::/129",
        "10.0.0.1/8",
        "2001:db8::1/64",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.0-10.0.0.9",
        "host.example",
        "a-secret-that-was-a-key"
      ]
    ) {
      const found = parseRanges(list)
      assert.isString(found, list)
      assert.match(String(found), /^entry \d (?:is|has) /, list)
    }
  })

  it("stand for one peer: an IPv4 address for itself, an IPv6 address for its /64", () => {
    assert.strictEqual(peerNetwork("::ffff:192.0.2.1"), "192.0.2.1")
    assert.strictEqual(peerNetwork("192.0.2.1"), "192.0.2.1")
    assert.strictEqual(peerNetwork("2001:db8:0:7:1:2:3:4"), peerNetwork("2001:db8:0:7:ffff::"))
    assert.notStrictEqual(peerNetwork("2001:db8:0:7::1"), peerNetwork("2001:db8:0:8::1"))
    assert.strictEqual(peerNetwork("fe80::1%eth0"), "fe80:0:0:0::/64")
  })
})
