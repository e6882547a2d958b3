import { assert, describe, it } from "@effect/vitest"
import { type Random, seeded } from "../../../scripts/bench/Random.ts"
import { compileSchedule } from "../../../src/silence/schedule.ts"
import type { SilenceSchedule } from "../../../src/silence/Silence.ts"
import { coveredBy, randomSchedule, shownBy, zones } from "./scheduleOracle.ts"

const minute = 60_000
const berlin = (schedule: Omit<SilenceSchedule, "zone">) => compileSchedule({ zone: "Europe/Berlin", ...schedule })
const everyDay = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const
const daily = (from: string, to: string) => berlin({ weekly: [{ days: everyDay, from, to }] })
const at = (text: string) => Date.parse(text)
const iso = (instant: number) => new Date(instant).toISOString().slice(0, 16)

describe("a window", () => {
  it("covers from its first minute up to the last before its end", () => {
    const { occurrenceAt } = berlin({ weekly: [{ days: ["SU"], from: "04:00", to: "06:00" }] })
    assert.isUndefined(occurrenceAt(at("2026-06-14T01:59:59.999Z")))
    assert.strictEqual(occurrenceAt(at("2026-06-14T02:00:00Z")), "2026-06-14T04:00")
    assert.strictEqual(occurrenceAt(at("2026-06-14T03:59:59.999Z")), "2026-06-14T04:00")
    assert.isUndefined(occurrenceAt(at("2026-06-14T04:00:00Z")))
    assert.isUndefined(occurrenceAt(at("2026-06-15T02:30:00Z")))
  })

  it("that ends at or before its begin ends on the next day, and belongs to the day it began on", () => {
    const { occurrenceAt } = berlin({ weekly: [{ days: ["SA"], from: "22:00", to: "06:00" }], except: ["2026-06-20"] })
    assert.strictEqual(occurrenceAt(at("2026-06-14T03:00:00Z")), "2026-06-13T22:00")
    assert.isUndefined(occurrenceAt(at("2026-06-14T20:30:00Z")))
    assert.isUndefined(occurrenceAt(at("2026-06-21T03:00:00Z")))
  })

  it("may last to 24:00, or a whole day", () => {
    assert.strictEqual(daily("20:00", "24:00").occurrenceAt(at("2026-06-14T21:59:00Z")), "2026-06-14T20:00")
    assert.isUndefined(daily("20:00", "24:00").occurrenceAt(at("2026-06-14T22:00:00Z")))
    assert.strictEqual(daily("08:00", "08:00").occurrenceAt(at("2026-06-14T05:00:00Z")), "2026-06-13T08:00")
  })

  it("of a month is on a day, the last day, or a weekday by its number", () => {
    const days = (monthly: NonNullable<SilenceSchedule["monthly"]>[number]) =>
      berlin({ monthly: [monthly] }).next(at("2026-01-01T00:00:00Z"), 4).map(({ local }) => local.slice(5, 10))
    const times = { from: "01:00", to: "01:30" }
    assert.deepStrictEqual(days({ day: 31, ...times }), ["01-31", "03-31", "05-31", "07-31"])
    assert.deepStrictEqual(days({ day: -1, ...times }), ["01-31", "02-28", "03-31", "04-30"])
    assert.deepStrictEqual(days({ nth: 2, weekday: "TU", ...times }), ["01-13", "02-10", "03-10", "04-14"])
    assert.deepStrictEqual(days({ nth: -1, weekday: "SU", ...times }), ["01-25", "02-22", "03-29", "04-26"])
    assert.deepStrictEqual(days({ nth: -1, weekday: "SA", ...times }), ["01-31", "02-28", "03-28", "04-25"])
  })
})

describe("a change of the clocks", () => {
  const lengths = (from: string, to: string, date: string) =>
    daily(from, to).next(at(`${date}T00:00:00Z`) - 2 * 3_600_000, 3)
      .filter(({ local }) => local.startsWith(date))
      .map(({ end, minutes, start, usualMinutes }) => [iso(start).slice(11), iso(end).slice(11), minutes, usualMinutes])

  it("that skips an hour makes a window shorter; one that begins in the gap begins after it", () => {
    assert.deepStrictEqual(lengths("01:00", "04:00", "2026-03-29"), [["00:00", "02:00", 120, 180]])
    assert.deepStrictEqual(lengths("02:30", "04:00", "2026-03-29"), [["01:00", "02:00", 60, 90]])
    assert.deepStrictEqual(lengths("02:10", "02:50", "2026-03-29"), [])
    assert.strictEqual(daily("02:30", "04:00").occurrenceAt(at("2026-03-29T01:00:00Z")), "2026-03-29T02:30")
  })

  it("that repeats an hour makes a window longer", () => {
    assert.deepStrictEqual(lengths("01:00", "04:00", "2026-10-25"), [["23:00", "03:00", 240, 180]])
    assert.deepStrictEqual(lengths("02:00", "03:00", "2026-10-25"), [["00:00", "02:00", 120, 60]])
  })
})

describe("the next windows", () => {
  it("begin with one that is under way, and are at most as many as there are", () => {
    const once = berlin({
      weekly: [{ days: ["SU"], from: "04:00", to: "06:00" }],
      first: "2026-06-10",
      last: "2026-06-21"
    })
    assert.deepStrictEqual(once.next(at("2026-06-14T03:00:00Z"), 10).map(({ local }) => local), [
      "2026-06-14T04:00",
      "2026-06-21T04:00"
    ])
    assert.lengthOf(daily("04:00", "05:00").next(at("2026-06-14T03:00:00Z"), 10), 10)
    assert.lengthOf(
      berlin({ monthly: [{ day: 1, from: "00:00", to: "01:00" }], first: "2029-01-02" }).next(
        at("2026-01-01T00:00:00Z"),
        2
      ),
      2
    )
  })
})

/** The first instants of each new offset of a zone in ten years, found by looking each hour. */
const changesOf = (zone: string): ReadonlyArray<number> => {
  const ahead = (instant: number) => Date.parse(`${shownBy(zone, instant).replace(" ", "T")}Z`) - instant
  const changes: Array<number> = []
  for (let at = Date.UTC(2020, 0); at < Date.UTC(2030, 0); at += 12 * 60 * minute) {
    if (ahead(at) !== ahead(at + 12 * 60 * minute)) changes.push(at)
  }
  return changes
}

/** SCHEDULE_CASES=1000000 asks so many, which takes minutes. */
const cases = Number(process.env["SCHEDULE_CASES"] ?? "6000")
const perSchedule = 100

/** Half of them anywhere in ten years and a little more, half on the days when clocks change. */
const instantIn = (random: Random, changes: ReadonlyArray<number>): number => {
  const around = changes.length > 0 && random.int(2) === 0
    ? random.pick(changes) - 86_400_000 + random.int(3 * 1_440) * minute
    : Date.UTC(2019, 11, 30) + random.int(3_660 * 1_440) * minute
  return around + random.int(minute)
}

describe("a schedule, held against texts of the clock, minute by minute", () => {
  const changes = new Map(zones.map((zone) => [zone as string, changesOf(zone)]))

  it("covers the same instants, whatever the windows and the zone are", () => {
    const random = seeded(20)
    let covered = 0
    for (let i = 0; i < cases / perSchedule; i++) {
      const schedule = randomSchedule(random)
      const compiled = compileSchedule(schedule)
      for (let j = 0; j < perSchedule; j++) {
        const instant = instantIn(random, changes.get(schedule.zone) ?? [])
        const expected = coveredBy(schedule, instant)
        const got = compiled.occurrenceAt(instant)
        const what = () => `${JSON.stringify(schedule)} ${new Date(instant).toISOString()} ${expected.join(" ")}`
        assert.isTrue(got === undefined ? expected.length === 0 : expected.includes(got), what())
        if (got !== undefined) covered++
      }
    }
    assert.isAbove(covered, cases / 50)
  })

  it("begins and ends as told beforehand, and lasts as long", () => {
    const random = seeded(21)
    for (let i = 0; i < 24; i++) {
      const schedule = randomSchedule(random)
      const from = Math.floor(instantIn(random, changes.get(schedule.zone) ?? []) / minute) * minute
      const seen = new Map<string, { start: number; end: number; minutes: number }>()
      const days = 3
      for (let at = from - days * 86_400_000; at < from + days * 86_400_000; at += minute) {
        for (const name of new Set(coveredBy(schedule, at))) {
          const one = seen.get(name) ?? { start: at, end: at, minutes: 0 }
          seen.set(name, { start: one.start, end: at + minute, minutes: one.minutes + 1 })
        }
      }
      const last = from + 86_400_000
      const told = compileSchedule(schedule).next(from, 50).filter(({ start }) => start < last)
      // Two windows that begin at once are told twice; the longer one is what the minutes show.
      const names = new Set(told.map(({ local }) => local))
      const expected = [...seen].filter(([, { end, start }]) => end > from && start < last).map(([name]) => name)
      assert.sameMembers([...names], expected, JSON.stringify(schedule))
      for (const name of names) {
        const longest = told.filter(({ local }) => local === name).reduce((a, b) => (a.end < b.end ? b : a))
        const { end, minutes, start } = longest
        assert.deepStrictEqual({ start, end, minutes }, seen.get(name), `${JSON.stringify(schedule)} ${name}`)
      }
    }
  })
})
