import { assert, describe, it } from "@effect/vitest"
import { dayNumber, isoText, yearOf } from "../../../src/decode/calendar.ts"

describe("calendar", () => {
  it("agrees with Date on every day from 1900 to 2200, leap years included", () => {
    const end = Date.UTC(2200, 0, 1)
    for (let millis = Date.UTC(1900, 0, 1) + 45_296_789; millis < end; millis += 86_400_000) {
      const date = new Date(millis)
      assert.strictEqual(isoText(millis), date.toISOString())
      assert.strictEqual(yearOf(millis), date.getUTCFullYear())
      assert.strictEqual(
        dayNumber(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()),
        Math.floor(millis / 86_400_000)
      )
    }
  })

  it("knows which dates there are not", () => {
    for (
      const [year, month, day] of [[2026, 2, 29], [1900, 2, 29], [2026, 4, 31], [2026, 13, 1], [2026, 0, 1], [
        2026,
        1,
        0
      ]] as const
    ) {
      assert.isUndefined(dayNumber(year, month, day))
    }
    assert.isDefined(dayNumber(2000, 2, 29))
  })
})
