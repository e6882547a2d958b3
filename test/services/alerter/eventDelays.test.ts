import { assert, describe, it } from "@effect/vitest"
import { makeMillisOf, makeObserveDelays } from "../../../services/alerter/eventDelays.ts"

describe("times of arrival", () => {
  it("are read as Date.parse reads them, whatever came before", () => {
    const millisOf = makeMillisOf()
    const times = [
      "2026-08-22T10:00:07.125Z",
      "2026-08-22T10:00:59.999Z",
      "2026-08-22T10:01:00.000Z",
      "2026-08-22T12:01:00.000+02:00",
      "2026-08-22T10:01:30Z",
      "2026-08-22T10:01:00.001Z",
      "2025-12-31T23:59:59.999Z",
      "2026-01-01T00:00:00.000Z"
    ]
    for (const time of [...times, ...times.toReversed()]) assert.strictEqual(millisOf(time), Date.parse(time), time)
    assert.isNaN(millisOf("soon"))
    assert.isNaN(millisOf("x".repeat(23) + "Z"))
  })
})

describe("the delay of events", () => {
  it("is observed for each event, those that came together at once, and never below 0", () => {
    const seen: Array<readonly [number, number]> = []
    const observe = makeObserveDelays((value, times) => void seen.push([value, times]))
    const batch = (...times: ReadonlyArray<string>) =>
      times.map((receivedAt) => ({ record: { event: { receivedAt } } }))
    const now = Date.parse("2026-08-22T10:00:10.000Z")
    observe([], now)
    observe(
      batch(
        "2026-08-22T10:00:00.000Z",
        "2026-08-22T10:00:00.000Z",
        "2026-08-22T10:00:09.500Z",
        "unreadable",
        "2026-08-22T10:00:11.000Z"
      ),
      now
    )
    assert.deepStrictEqual(seen, [[10, 2], [0.5, 1], [0, 1]])
  })
})
