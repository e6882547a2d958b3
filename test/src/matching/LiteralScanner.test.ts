import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { inOneGo } from "../../../src/logic/steps.ts"
import { foldText } from "../../../src/matching/fold.ts"
import { buildScanner } from "../../../src/matching/LiteralScanner.ts"

const found = (literals: ReadonlyArray<string>, text: string) => {
  const { hits, scan } = inOneGo(buildScanner(literals))
  return Array.from(hits.subarray(0, scan(text)), (literal) => literals[literal]!).sort()
}

const Text = Schema.Array(Schema.Literals(["a", "A", "b", "B", "K", "é", "É", " "]))

describe("the literal scanner", () => {
  it("finds overlapping and nested literals, each once", () => {
    assert.deepStrictEqual(found(["he", "she", "his", "hers", "e"], "ushers and USHERS"), ["e", "he", "hers", "she"])
  })

  it("finds nothing without literals", () => {
    assert.deepStrictEqual(found([], "anything"), [])
  })

  it("remembers nothing of the text before", () => {
    const { scan, seen } = inOneGo(buildScanner(["ab"]))
    assert.strictEqual(scan("ab"), 1)
    assert.isTrue(seen(0))
    assert.strictEqual(scan("b"), 0)
    assert.isFalse(seen(0))
  })

  it.prop(
    "finds what a search one by one finds",
    { literals: Schema.Array(Text), text: Text },
    ({ literals, text }) => {
      const wanted = [...new Set(literals.map((units) => foldText(units.join(""))))].filter((literal) => literal !== "")
      const whole = text.join("")
      assert.deepStrictEqual(found(wanted, whole), wanted.filter((literal) => foldText(whole).includes(literal)).sort())
    }
  )

  it("finds what a search one by one finds when most of its states are beyond the table", () => {
    // Over a thousand different characters make the rows wide, so that only the first of them have one.
    const text = Array.from({ length: 6000 }, (_, index) => String.fromCharCode(0x4e00 + ((index * 7919) % 1500))).join(
      ""
    )
    const literals = Array.from({ length: 1500 }, (_, index) => text.slice(index * 3, index * 3 + 2 + (index % 9)))
    const missing = literals.map((literal) => `${literal.slice(0, -1)}\u3000`)
    const all = [...new Set([...literals, ...missing])]
    assert.deepStrictEqual(found(all, text), all.filter((literal) => text.includes(literal)).sort())
  })
})
