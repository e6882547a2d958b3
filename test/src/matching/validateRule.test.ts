import { assert, describe, it } from "@effect/vitest"
import { longestMatchString } from "../../../src/matching/CompiledRule.ts"
import { validateRule } from "../../../src/matching/validateRule.ts"

const fieldOf = (rule: Parameters<typeof validateRule>[0]) => validateRule(rule)[0]?.field
const text = (matchType: "contains" | "regex" | "exact", matchString: string | null) => ({
  matchType,
  matchString,
  trapOid: null
})
const oid = (trapOid: string | null) => ({ matchType: "oid_prefix" as const, matchString: null, trapOid })

describe("a rule as somebody wants to save it", () => {
  it("needs the text its type compares", () => {
    for (const matchType of ["contains", "regex", "exact"] as const) {
      assert.strictEqual(fieldOf(text(matchType, null)), "matchString")
      assert.strictEqual(fieldOf(text(matchType, "  ")), "matchString")
      assert.isUndefined(fieldOf(text(matchType, "down")))
    }
    assert.strictEqual(fieldOf(oid(null)), "trapOid")
  })

  it("needs a pattern the linear-time engine takes", () => {
    assert.isUndefined(fieldOf(text("regex", "(a+)+$")))
    for (const pattern of ["(", "a**", "(?=x)", "(a)\\1", "[z-a]", "a{2000}"]) {
      assert.match(validateRule(text("regex", pattern))[0]?.message ?? "", /^is not a pattern/, pattern)
    }
  })

  it("needs a pattern and a text of bounded size", () => {
    assert.match(
      validateRule(text("regex", "(\\w{50} ){20}"))[0]?.message ?? "",
      /^is too large a pattern: \d+ instructions/
    )
    for (const pattern of ["[b-ﻼ]".repeat(200), "[\\x{80}-\\x{1ffff}]".repeat(50), "\\pL".repeat(341)]) {
      assert.match(
        validateRule(text("regex", pattern))[0]?.message ?? "",
        /^is too large a pattern: its ranges hold \d+ characters, 260000 at most$/
      )
    }
    assert.isUndefined(
      fieldOf(text("regex", "[^\\x00-\\x7f]{3}.*[\\x{80}-\\x{10ffff}].*[\\x{4e00}-\\x{9fff}]\\pL+ [a-z0-9_.-]+"))
    )
    assert.strictEqual(fieldOf(text("contains", "x".repeat(longestMatchString + 1))), "matchString")
  })

  it("needs an object identifier", () => {
    for (const trapOid of [".1.3.6.1.4.1.9", "1.3.6.1.4.1.9", "iso.3.6.1", "1.3.6.*"]) {
      assert.isUndefined(fieldOf(oid(trapOid)))
    }
    for (const trapOid of ["1.3..6", "linkDown", "1.3.6.1.4.1.9.", "1,3", "-1.3"]) {
      assert.strictEqual(fieldOf(oid(trapOid)), "trapOid", trapOid)
    }
  })
})
