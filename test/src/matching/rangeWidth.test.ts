import { assert, it } from "@effect/vitest"
import { rangeWidth } from "../../../src/matching/rangeWidth.ts"

it("counts the characters of all ranges that may differ in case, however they are written", () => {
  const cases: ReadonlyArray<readonly [string, number]> = [
    ["link down", 0],
    ["[a-z]", 26],
    ["[0-9]", 0],
    ["[A-Ca-c]", 6],
    ["[\\x61-\\x7a]", 26],
    ["[\\x{4e00}-\\x{9fff}]", 20_992],
    ["[^\\x{80}-\\x{10ffff}]", 0x1e943 - 0x80 + 1],
    ["[a-\u{1f600}]", 0x1e943 - 0x61 + 1],
    ["[\\--\\]]", 0x5d - 0x41 + 1],
    ["\\pL\\P{Greek}", 8_000],
    ["z-a", 0]
  ]
  for (const [pattern, width] of cases) assert.strictEqual(rangeWidth(pattern), width, pattern)
})
