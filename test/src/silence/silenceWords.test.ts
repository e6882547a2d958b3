import { assert, describe, it } from "@effect/vitest"
import { matchWords, scheduleWords } from "../../../src/silence/silenceWords.ts"

const times = { from: "04:00", to: "06:00" }

describe("a silence in words", () => {
  it("says all that must hold", () => {
    assert.strictEqual(
      matchWords({
        hosts: ["sw1", "core-*"],
        rules: ["link down"],
        environment: "prod",
        severity_from: 4,
        message: { contains: "flap" }
      }),
      "sw1, core-*, rule link down, prod, severity warning and less, message with “flap”"
    )
    assert.strictEqual(matchWords({ everything: true }), "everything")
  })

  it("says weekly windows by their days, runs of days as runs, and an end on the next day", () => {
    assert.strictEqual(
      scheduleWords({ zone: "Europe/Berlin", weekly: [{ days: ["SU"], ...times }] }),
      "every Sunday 04:00 to 06:00, Europe/Berlin time"
    )
    assert.strictEqual(
      scheduleWords({
        zone: "UTC",
        weekly: [
          { days: ["FR", "MO", "TU", "WE", "TH"], from: "22:00", to: "02:00" },
          { days: ["SA", "SU"], ...times }
        ]
      }),
      "Monday to Friday 22:00 to 02:00 of the next day and every Saturday and Sunday 04:00 to 06:00, UTC time"
    )
    assert.strictEqual(
      scheduleWords({ zone: "UTC", weekly: [{ days: ["MO", "TU", "WE", "TH", "FR", "SA", "SU"], ...times }] }),
      "every day 04:00 to 06:00, UTC time"
    )
  })

  it("says monthly windows by date or weekday, with the days on which it may begin", () => {
    const said = scheduleWords({
      zone: "UTC",
      monthly: [{ day: 2, ...times }, { day: 11, ...times }, { day: -1, ...times }, {
        nth: -1,
        weekday: "SU",
        ...times
      }],
      first: "2026-01-01",
      last: "2026-12-31",
      except: ["2026-12-27"]
    })
    assert.strictEqual(
      said,
      "the 2nd of the month 04:00 to 06:00, the 11th of the month 04:00 to 06:00, " +
        "the last day of the month 04:00 to 06:00 and the last Sunday of the month 04:00 to 06:00, UTC time, " +
        "from 2026-01-01, up to 2026-12-31, not on 2026-12-27"
    )
  })
})
