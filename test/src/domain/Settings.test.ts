import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { defaults, settingKeys, settingProblem, settings, settingValues } from "../../../src/domain/Settings.ts"

const values = (given: Readonly<Record<string, unknown>>) => settingValues(new Map(Object.entries(given)))

describe("Settings", () => {
  it("are good at their defaults, one by one and together", () => {
    for (const key of settingKeys) assert.isUndefined(settingProblem(key, defaults[key]))
    assert.deepStrictEqual(values(defaults), Result.succeed(defaults))
  })

  it("stand at their defaults where they are absent", () => {
    assert.deepStrictEqual(values({ moog_rate_limit: 7 }), Result.succeed({ ...defaults, moog_rate_limit: 7 }))
  })

  it("refuse what is out of range, of another type, or no number at all, and say the range", () => {
    for (const bad of [0, -1, 1.5, "50", null, undefined, Number.NaN, Number.POSITIVE_INFINITY, [], {}, true]) {
      assert.deepStrictEqual(
        values({ moog_rate_limit: bad }),
        Result.fail(["moog_rate_limit must be 1 to 100000."]),
        String(bad)
      )
    }
    assert.isTrue(Result.isFailure(values({ alerter_shed_mode: "drop" })))
    assert.deepStrictEqual(
      values({ syslog_time_zone: "Berlin" }),
      Result.fail([
        "syslog_time_zone must be the name of a time zone in the IANA database, such as Europe/Berlin or UTC."
      ])
    )
  })

  it("name every bad value, and use none of a set with a bad one", () => {
    const result = values({ moog_rate_limit: 0, log_level: "loud", moog_rate_period: 5 })
    assert.strictEqual(Result.isFailure(result) && result.failure.length, 2)
  })

  it("hold to the rules between them", () => {
    const result = values({ alerter_queue_warn_threshold: 200_000 })
    assert.deepStrictEqual(
      result,
      Result.fail(["alerter_queue_warn_threshold must not be above alerter_queue_shed_threshold."])
    )
    assert.isTrue(Result.isSuccess(values({ alerter_queue_warn_threshold: 5, alerter_queue_shed_threshold: 5 })))
  })

  it("say of each who reads it, in which unit and what it means", () => {
    for (const key of settingKeys) {
      const { description, programs, range } = settings[key]
      assert.match(description, /^[A-Z].*\.$/)
      assert.isAbove(programs.length, 0)
      assert.isAbove(range.length, 0)
    }
  })
})
