import { assert, describe, it } from "@effect/vitest"
import { dayNumber, isoText, yearOf } from "../../../../src/decode/fields/calendar.ts"

const day = 86_400_000

describe("calendar", () => {
  it("agrees with Date on every day from 1900 to 2200, leap years included", () => {
    const wrong: Array<string> = []
    for (let millis = Date.UTC(1900, 0, 1) + 45_296_789; millis < Date.UTC(2200, 0, 1); millis += day) {
      const date = new Date(millis)
      const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
      const same = isoText(millis) === date.toISOString() && yearOf(millis) === year
        && dayNumber(year, month, dayOfMonth) === Math.floor(millis / day)
      if (!same) wrong.push(date.toISOString())
    }
    assert.deepStrictEqual(wrong, [])
  })

  it("writes each time right, whatever it wrote before", () => {
    const second = Date.UTC(2026, 7, 22, 10, 0, 5)
    for (const millis of [second, second + 999, second + 1, second - 1, second + 1_000, second, -1]) {
      assert.strictEqual(isoText(millis), new Date(millis).toISOString())
    }
  })

  it("knows which dates there are not", () => {
    const dates = [[2026, 2, 29], [1900, 2, 29], [2026, 4, 31], [2026, 13, 1], [2026, 0, 1], [2026, 1, 0]] as const
    for (const [year, month, dayOfMonth] of dates) assert.isUndefined(dayNumber(year, month, dayOfMonth))
    assert.isDefined(dayNumber(2000, 2, 29))
  })
})
