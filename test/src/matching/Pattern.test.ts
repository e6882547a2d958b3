import { assert, describe, it } from "@effect/vitest"
import { eventLimits } from "../../../src/domain/Event.ts"
import { compilePattern, type Pattern, patternLimits } from "../../../src/matching/Pattern.ts"

/** As operators write them for the devices of several vendors. */
const vendorPatterns = [
  "%BGP-[35]-(ADJCHANGE|NOTIFICATION): neighbor \\S+ (Up|Down)",
  "%LINEPROTO-5-UPDOWN: Line protocol on Interface (Gi|Te|Hu|Po)\\S+, changed state to (up|down)$",
  "%ENVMON-[0-2]-\\w+: .*(temperature|fan|power supply)",
  "SNMP_TRAP_LINK_(UP|DOWN): ifIndex \\d+",
  "rpd\\[\\d+\\]: .*OSPF neighbor (\\d{1,3}\\.){3}\\d{1,3}",
  "^date=\\S+ time=\\S+ devname=\\S+ .*level=(alert|critical)",
  "(Failed|Invalid) (password|user) .* from \\S+ port \\d+",
  "Out of memory: Kill(ed)? process \\d+"
]

const pattern = (source: string): Pattern => {
  const made = compilePattern(source)
  return typeof made === "string" ? assert.fail(made) : made
}

describe("a pattern", () => {
  it("of ordinary size reaches to the end of the longest message", () => {
    for (const source of ["(a+)+$", "Interface \\S+, changed state to (up|down)$", "\\d{1,3}(\\.\\d{1,3}){3}"]) {
      assert.isAtLeast(pattern(source).reach, eventLimits.message, source)
    }
  })

  it("as operators write them is accepted, and sees what a datagram may hold to its end", () => {
    for (const source of vendorPatterns) assert.isAtLeast(pattern(source).reach, 8_192, source)
  })

  it("costs no more than the bound with any text, however the two are made", () => {
    for (
      const source of [
        "(?:a|b)*a(?:a|b){330}z",
        "(?:a|b)*a(?:a|b){85}z",
        "(?:[^z]*a){200}z",
        "(a+)+$",
        ...vendorPatterns
      ]
    ) {
      const { reach, size } = pattern(source)
      assert.isAtMost(size * Math.min(reach, eventLimits.message), patternLimits.work, source)
    }
  })

  it("of great size reaches a part of it, and goes by that part", () => {
    const { reach, test } = pattern("(\\w{20} ){8}|needle")
    assert.isBelow(reach, eventLimits.message)
    assert.isTrue(test("needle".padStart(reach, ".")))
    assert.isFalse(test("needle".padStart(reach + 1, ".")))
  })

  it("stays right when a text needs more states than it may keep", () => {
    const { test } = pattern("(a|b)*a(a|b){20}c")
    // Every 21 letters are different here, so that nearly every letter needs a state of its own.
    let seed = 1
    const letters = Array.from({ length: 20_000 }, () => ((seed = (seed * 48_271) % 2_147_483_647) & 64 ? "a" : "b"))
      .join("")
    assert.isFalse(test(letters))
    assert.isTrue(test(`${letters}a${"b".repeat(20)}c`))
    assert.isFalse(test(`${letters}b${"b".repeat(20)}c`))
  })
})
