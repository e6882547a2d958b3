import { assert, describe, it } from "@effect/vitest"
import { RE2JS } from "re2js"
import { foldText, foldUnit } from "../../../src/matching/fold.ts"

const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff

const cased = Array.from({ length: 0x10000 }, (_, unit) => unit).filter((unit) => {
  const text = String.fromCharCode(unit)
  return !isSurrogate(unit) && (text.toUpperCase() !== text || text.toLowerCase() !== text)
})

describe("folding", () => {
  it("takes two characters for the same exactly when the regex engine does", () => {
    const all = cased.map((unit) => String.fromCharCode(unit)).join("")
    for (const unit of cased) {
      const pattern = RE2JS.compile(RE2JS.quote(String.fromCharCode(unit)), RE2JS.CASE_INSENSITIVE)
      const byEngine = Array.from(pattern.matchAll(all), (found) => found[0].charCodeAt(0))
      const byFolding = cased.filter((other) => foldUnit(other) === foldUnit(unit))
      assert.deepStrictEqual(byEngine, byFolding, `U+${unit.toString(16)}`)
    }
  })

  it("keeps the length of every text", () => {
    for (const text of ["İstanbul", "ΟΔΟΣ", "ſtraße", "ABC", "ﬀ", "𐐀", "x".repeat(20_000) + "É"]) {
      assert.strictEqual(foldText(text).length, text.length)
    }
  })

  it("folds text as it folds units", () => {
    assert.strictEqual(foldText("LINK Kelvin ſ Σς"), "link kelvin s σσ")
    assert.strictEqual(foldText("İ"), "İ")
  })
})
