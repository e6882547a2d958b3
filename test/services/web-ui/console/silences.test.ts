import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { editForm } from "../../../../services/web-ui/console/pages/silences/editForm.ts"
import {
  emptyForm,
  type Form,
  isForm,
  shareOf,
  silenceOf
} from "../../../../services/web-ui/console/pages/silences/form.ts"
import { inputOf, partsOf, partWords } from "../../../../services/web-ui/console/pages/silences/silenceParts.ts"
import { daysOf, weekOf } from "../../../../services/web-ui/console/pages/silences/week.ts"
import { differing, merge } from "../../../../services/web-ui/console/parts/threeWay.ts"
import { readZoned, zonedText } from "../../../../services/web-ui/console/parts/zonedTime.ts"
import type { SilenceView } from "../../../../src/api/web-ui/SilenceView.ts"
import type { SilenceInput } from "../../../../src/silence/Silence.ts"

const now = Date.parse("2026-03-01T04:00:00Z")
const made = (parts: Partial<Form>, host = "sw1") => silenceOf({ ...emptyForm(host, "UTC"), ...parts }, now)
const said = (parts: Partial<Form>) => Result.getOrThrow(made(parts))
const wrong = (parts: Partial<Form>, host?: string) =>
  Result.match(made(parts, host), { onSuccess: () => [], onFailure: (all) => all.map(({ message }) => message) })

describe("the form of a new silence", () => {
  it("is a silence of the host that it was opened for, from now on for an hour", () => {
    assert.deepStrictEqual(said({ comment: "new card" }), {
      match: { hosts: ["sw1"] },
      ends_at: "2026-03-01T05:00:00.000Z",
      comment: "new card",
      catch_up: true
    })
  })

  it("takes names apart, and says only what was filled in", () => {
    assert.deepStrictEqual(
      said({
        hosts: "sw1, core-*  sw2",
        rules: "link down, fan",
        severity: "4",
        message: "^x",
        pattern: true
      }).match,
      {
        hosts: ["sw1", "core-*", "sw2"],
        rules: ["link down", "fan"],
        severity_from: 4,
        message: { regex: "^x" }
      }
    )
  })

  it("recurs by week and by month, by the clocks of its zone", () => {
    const clock = { from: "04:00", to: "06:00" }
    assert.deepStrictEqual(said({ when: "weekly", days: "SA,SU", zone: "Europe/Berlin" }).schedule, {
      zone: "Europe/Berlin",
      weekly: [{ days: ["SA", "SU"], ...clock }]
    })
    assert.deepStrictEqual(said({ when: "monthly", day: "-1" }).schedule?.monthly, [{ day: -1, ...clock }])
    assert.deepStrictEqual(said({ when: "monthly", day: "2 SU" }).schedule?.monthly, [{
      nth: 2,
      weekday: "SU",
      ...clock
    }])
  })

  it("says in words what is missing, and what the server would refuse", () => {
    assert.deepStrictEqual(wrong({}, "*"), ["Say which hosts, rules or teams."])
    assert.deepStrictEqual(wrong({ when: "span" }), ["Say until when."])
    assert.match(wrong({ hosts: "*" }).join(), /a glob needs three characters/)
    assert.isAbove(wrong({ message: "(", pattern: true }).length, 0)
  })

  it("is kept as a draft, and refuses what an older console kept", () => {
    assert.isTrue(isForm(JSON.parse(JSON.stringify(emptyForm("sw1", "UTC")))))
    assert.isFalse(isForm({ hosts: "sw1" }))
  })

  it("is wide by its part of what somebody might be told of", () => {
    assert.strictEqual(shareOf(30, [["forwarded", 60], ["unmatched", 40], ["suppressed", 900]]), 0.3)
    assert.strictEqual(shareOf(0, []), 0)
    assert.isUndefined(shareOf(1, undefined))
    assert.strictEqual(shareOf(0, undefined), 0)
  })
})

describe("the form of a silence that is there", () => {
  const ends_at = "2026-03-02T04:00:00.000Z"
  const clock = { from: "04:00", to: "06:00" }
  const silence = (parts: Partial<SilenceInput>): SilenceInput => ({
    match: { hosts: ["sw1", "core-*"] },
    comment: "why",
    catch_up: false,
    ends_at,
    ...parts
  })
  const weekly = [{ days: ["SU"], ...clock }] as const
  const monthly = [{ nth: 2, weekday: "SU", ...clock }] as const

  it("says the same again, in the fields that it is typed in", () => {
    for (
      const [said, when] of [
        [silence({}), "span"],
        [silence({ starts_at: "2026-03-01T05:00:00.000Z" }), "span"],
        [
          silence({ match: { rules: ["fan"], severity_from: 3, message: { regex: "^x" }, environment: "prod" } }),
          "span"
        ],
        [silence({ schedule: { zone: "Europe/Berlin", weekly } }), "weekly"],
        [silence({ schedule: { zone: "UTC", monthly } }), "monthly"]
      ] as const
    ) {
      const form = editForm(said)
      assert.strictEqual(form?.when, when)
      assert.deepStrictEqual(form && Result.getOrThrow(silenceOf(form, now)), said)
    }
  })

  it("keeps a schedule that it has no fields for, and does not offer names that it would take apart", () => {
    const schedule = { zone: "UTC", weekly, monthly, except: ["2026-05-01"] }
    const form = editForm(silence({ schedule }))
    assert.strictEqual(form?.when, "kept")
    assert.deepStrictEqual(form && Result.getOrThrow(silenceOf({ ...form, hosts: "sw2" }, now)), {
      ...silence({ schedule }),
      match: { hosts: ["sw2"] }
    })
    assert.isUndefined(editForm(silence({ match: { teams: ["NOC, night"] } })))
  })

  it("is merged part by part with what somebody else made of it", () => {
    const parts = (said: Partial<SilenceInput>) => partsOf(silence(said))
    const theirs = parts({ match: { hosts: ["sw1"] }, ends_at: "2026-03-03T04:00:00.000Z" })
    const mine = parts({ comment: "another", match: { hosts: ["sw9"] } })
    const fields = differing(parts({}), theirs, mine)
    assert.deepStrictEqual(fields.map(({ key, take }) => [key, take, partWords(theirs, key)]), [
      ["hosts", "mine", "sw1"],
      ["ends_at", "theirs", "2026-03-03T04:00:00.000Z"],
      ["comment", "mine", "why"]
    ])
    assert.deepStrictEqual(inputOf(merge(theirs, mine, new Set(["comment"] as const))), {
      ...silence({ comment: "another", match: { hosts: ["sw1"] } }),
      ends_at: "2026-03-03T04:00:00.000Z"
    })
  })
})

describe("the week of silences", () => {
  const view = (parts: Partial<SilenceView>): SilenceView => ({
    id: 1,
    match: { hosts: ["sw1"] },
    comment: "why",
    revision: 1,
    created_by: "operator",
    created_at: "2026-02-28T04:00:00Z",
    hits: 0,
    last_hit_at: null,
    state: "now",
    from: null,
    until: null,
    ends: "never",
    ...parts
  })

  it("has the times within it, cut at its ends, and no silence without any", () => {
    const rows = weekOf([
      view({ ends_at: "2026-03-01T16:00:00Z" }),
      view({ id: 2, schedule: { zone: "UTC", weekly: [{ days: ["SU", "MO"], from: "00:00", to: "12:00" }] } }),
      view({ id: 3, starts_at: "2026-04-01T00:00:00Z", ends_at: "2026-04-02T00:00:00Z" })
    ], now)
    assert.deepStrictEqual(rows.map(({ pieces, silence }) => [silence.id, pieces.length]), [[1, 1], [2, 3]])
    assert.deepStrictEqual(rows[0]?.pieces, [{ from: 0, to: 12 / 168 }])
    assert.strictEqual(rows[1]?.pieces.at(-1)?.to, 1)
  })
})

describe("the days of the week of silences", () => {
  it("begin at midnight by the clocks of the zone, also where clocks change", () => {
    const days = daysOf(Date.parse("2026-03-28T12:00:00Z"), "Europe/Berlin")
    assert.deepStrictEqual(days.slice(0, 3).map(({ at }) => new Date(at).toISOString()), [
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
      "2026-03-30T22:00:00.000Z"
    ])
    assert.strictEqual(days.length, 7)
  })
})

describe("a time typed in a zone", () => {
  it("is read by its clocks, and shown by them again", () => {
    assert.deepStrictEqual(readZoned("2026-07-01T10:00", "Europe/Berlin"), { at: "2026-07-01T08:00:00.000Z" })
    assert.strictEqual(zonedText("2026-07-01T08:00:00Z", "Europe/Berlin"), "2026-07-01T10:00")
    assert.isUndefined(readZoned("", "UTC"))
    assert.strictEqual(zonedText("never", "UTC"), "")
  })

  it("says when clocks skip it or show it twice", () => {
    assert.deepStrictEqual(readZoned("2026-03-29T02:30", "Europe/Berlin"), {
      at: "2026-03-29T01:30:00.000Z",
      odd: "skipped"
    })
    assert.deepStrictEqual(readZoned("2026-10-25T02:30", "Europe/Berlin"), {
      at: "2026-10-25T00:30:00.000Z",
      odd: "twice"
    })
  })
})
