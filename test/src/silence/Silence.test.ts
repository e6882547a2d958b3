import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { fieldErrors } from "../../../src/logic/fieldErrors.ts"
import { SilenceInput } from "../../../src/silence/Silence.ts"

const decode = Schema.decodeUnknownResult(SilenceInput, { errors: "all", onExcessProperty: "error" })
const errors = (input: object): string => {
  const decoded = decode({ match: { hosts: ["sw1"] }, comment: "c", ends_at: "2026-06-14T12:00:00Z", ...input })
  return Result.isSuccess(decoded)
    ? ""
    : fieldErrors(decoded.failure.issue).map(({ field, message }) => `${field}: ${message}`).join("; ")
}
const schedule = (more: object) => errors({ schedule: { zone: "Europe/Berlin", ...more } })

describe("a silence as somebody writes it", () => {
  it("must name hosts, rules or teams, so that nobody silences everything by mistake", () => {
    assert.strictEqual(errors({}), "")
    assert.match(errors({ match: {} }), /^match: Must name/)
    assert.match(errors({ match: { hosts: ["*a*"] } }), /three characters/)
    assert.match(errors({ match: { hosts: ["sw1", "??1*"] } }), /three characters/)
    assert.strictEqual(errors({ match: { hosts: ["sw1*"] } }), "")
    assert.strictEqual(errors({ match: { everything: true } }), "")
    assert.match(errors({ match: { hosts: [] } }), /match.hosts/)
  })

  it("needs an end or a schedule, a comment, and an end after its begin", () => {
    assert.match(errors({ ends_at: undefined }), /ends_at/)
    assert.match(errors({ comment: "" }), /^comment/)
    assert.match(errors({ starts_at: "2026-06-14T12:00:00Z" }), /^ends_at: Is not after/)
    assert.match(errors({ starts_at: "2026-06-14T10:00:00" }), /^starts_at: Must be a time with its offset/)
    assert.match(errors({ created_by: "me" }), /no field `created_by`/)
  })

  it("has times of the clock, days that exist, and one way to name a day of the month", () => {
    const times = { from: "04:00", to: "24:00" }
    assert.strictEqual(schedule({ weekly: [{ days: ["SU"], ...times }] }), "")
    assert.match(schedule({}), /^schedule: Needs a weekly or a monthly/)
    assert.match(schedule({ weekly: [{ days: ["SU"], from: "24:00", to: "01:00" }] }), /from: Must be a time/)
    assert.match(schedule({ weekly: [{ days: [], ...times }] }), /days/)
    assert.match(schedule({ monthly: [{ ...times }] }), /Needs `day`, or `nth` with `weekday`/)
    assert.match(schedule({ monthly: [{ day: 1, nth: 1, weekday: "MO", ...times }] }), /Needs `day`/)
    assert.match(schedule({ monthly: [{ day: 32, ...times }] }), /Must be 1 to 31/)
    const monthly = [{ day: -1, ...times }]
    assert.match(schedule({ monthly, first: "2026-02-30" }), /Must be a date/)
    assert.match(schedule({ monthly, first: "2026-02-02", last: "2026-02-01" }), /before/)
    assert.match(schedule({ monthly, first: "2026-02-02", last: "2029-02-03" }), /three years/)
    assert.match(schedule({ monthly, zone: "Berlin" }), /time zone/)
  })

  it("has a pattern that the engine takes, or a text", () => {
    assert.strictEqual(errors({ match: { hosts: ["sw1"], message: { regex: "a\\d" } } }), "")
    assert.match(errors({ match: { hosts: ["sw1"], message: { regex: "(" } } }), /message.regex: It is not a pattern/)
    assert.match(errors({ match: { hosts: ["sw1"], message: {} } }), /Needs `contains` or `regex`/)
  })
})
