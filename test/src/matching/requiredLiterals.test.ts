import { assert, describe, it } from "@effect/vitest"
import { requiredLiterals } from "../../../src/matching/requiredLiterals.ts"

const cases: ReadonlyArray<readonly [pattern: string, clauses: ReadonlyArray<ReadonlyArray<string>>]> = [
  ["link down", [["link down"]]],
  ["link.*down", [["link"], ["down"]]],
  ["^%LINK-\\d-UPDOWN$", [["%LINK-"], ["-UPDOWN"]]],
  ["(up|down) now", [["up now", "down now"]]],
  ["a(?:b|c)?d", [["abd", "acd", "ad"]]],
  ["colou?r", [["colour", "color"]]],
  ["(foo|bar.*)baz", [["foo", "bar"], ["baz"]]],
  ["(foo|.*)baz", [["baz"]]],
  ["foo|.", []],
  ["fo+", [["f"], ["o"]]],
  ["fo*", [["f"]]],
  ["(ab){2,3}c", [["ab"], ["c"]]],
  ["(ab){0,3}c", [["c"]]],
  ["a{0}b", [["b"]]],
  ["a{,2}b", [["a{,2}b"]]],
  ["x[0-9]y", [["x"], ["y"]]],
  ["[Ll]ink[ _]down", [["Link down", "Link_down", "link down", "link_down"]]],
  ["^\\s*[*!]{4,}", [["*", "!"]]],
  ["x[^ab]y", [["x"], ["y"]]],
  ["x[a😀]y", [["x"], ["y"]]],
  ["x[]a]y", [["x"], ["y"]]],
  ["x[^\\]]y", [["x"], ["y"]]],
  ["x[[:alpha:]]y", [["x"], ["y"]]],
  ["\\Qa.b\\E.", [["a.b"]]],
  ["\\Qab\\E?c", []],
  ["ab(?s)?c", []],
  ["\\x41\\x{42}C\\.\\t", [["ABC.\t"]]],
  ["\\101", []],
  ["\\pLab\\P{Greek}cd", [["ab"], ["cd"]]],
  ["(?i)ab(?s:c)(?P<n>d)(?<m>e)", [["abcde"]]],
  ["a😀b", [["a"], ["b"]]],
  ["", []],
  ["(a|)b", [["ab", "b"]]],
  ["(a+)+$", [["a"]]],
  ["\\bfoo\\B.", [["foo"]]]
]

describe("the texts a pattern requires", () => {
  it.each(cases)("of %s", (pattern, clauses) => {
    assert.deepStrictEqual(requiredLiterals(pattern), clauses)
  })

  it("stay few for patterns with many alternatives", () => {
    const many = Array.from({ length: 100 }, (_, index) => `word${index}`).join("|")
    assert.deepStrictEqual(requiredLiterals(`(${many}) tail`), [[" tail"]])
    assert.deepStrictEqual(
      requiredLiterals("(a|b)(c|d)(e|f)(g|h)(i|j)(k|l)").flat().every((text) => text.length <= 4),
      true
    )
  })
})
