import { assert, describe, it } from "@effect/vitest"
import { isUnderOid, normaliseOid } from "../../../src/logic/oids.ts"

describe("object identifiers", () => {
  it("have one spelling", () => {
    assert.strictEqual(normaliseOid(" .1.3.06.1 "), "1.3.6.1")
    assert.strictEqual(normaliseOid("iso.3.6.1.6.3.1.1.5.3"), "1.3.6.1.6.3.1.1.5.3")
    assert.strictEqual(normaliseOid("1.3.6.1.*"), "1.3.6.1")
    assert.strictEqual(normaliseOid("0"), "0")
    assert.isUndefined(normaliseOid("SNMPv2-MIB::linkDown"))
    assert.isUndefined(normaliseOid(""))
  })

  it("are under another one arc by arc", () => {
    assert.isTrue(isUnderOid("1.3.6.1", "1.3.6.1"))
    assert.isTrue(isUnderOid("1.3.6.1.9", "1.3.6.1"))
    assert.isFalse(isUnderOid("1.3.6.19", "1.3.6.1"))
    assert.isFalse(isUnderOid("1.3.6", "1.3.6.1"))
  })
})
