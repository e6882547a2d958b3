import { assert, describe, it } from "@effect/vitest"
import { comparableHours, differences, sumByOutcome } from "../../../src/logic/compareRecord.ts"

const hourMs = 3_600_000
const at = 1_000 * hourMs + 30 * 60_000
const hours = (over: Partial<Parameters<typeof comparableHours>[0]>) =>
  comparableHours({ at, oldestWaiting: undefined, since: 900, ...over }, 48)

describe("the hours that can be compared", () => {
  it("are over, kept whole, and no event of them waits", () => {
    assert.deepStrictEqual(hours({}), { from: 953, to: 1_000 })
    // What was received before the hour was over may come in a little later.
    assert.deepStrictEqual(hours({ at: 1_000 * hourMs + 299_999 }), { from: 953, to: 999 })
    assert.deepStrictEqual(hours({ oldestWaiting: 990 * hourMs + 300_000 }), { from: 953, to: 990 })
    assert.deepStrictEqual(hours({ oldestWaiting: 10 * hourMs }), { from: 9, to: 9 })
  })

  it("begin when all their events were counted", () => {
    assert.deepStrictEqual(hours({ since: 990 }), { from: 992, to: 1_000 })
    assert.deepStrictEqual(hours({ since: 999 }), { from: 1_000, to: 1_000 })
    assert.deepStrictEqual(hours({ since: undefined }), { from: 1_000, to: 1_000 })
  })
})

describe("the difference of record and books", () => {
  const count = (hour: number, count: number) => ({ hour, outcome: "forwarded" as const, count })

  it("is what is missing and what is too much, hour by hour", () => {
    const found = differences([count(2, 5), count(1, 3), count(3, 1)], [count(1, 4), count(2, 4), count(3, 1)], {
      from: 0,
      to: 9
    })
    assert.deepStrictEqual(found, [
      { hour: 1, outcome: "forwarded", settled: 3, rows: 4 },
      { hour: 2, outcome: "forwarded", settled: 5, rows: 4 }
    ])
    assert.deepStrictEqual(sumByOutcome(found), { forwarded: 2, suppressed: 0, unmatched: 0 })
  })

  it("is nothing outside of the hours", () => {
    assert.deepStrictEqual(differences([count(1, 5), count(3, 5)], [], { from: 2, to: 3 }), [])
  })
})
