import { assert, it } from "@effect/vitest"
import { observeDelays } from "../../../services/alerter/eventDelays.ts"

it("the delay is observed for each event, for those that came together at once, and never below 0", () => {
  const now = Date.parse("2026-08-22T10:00:10.000Z")
  const observed = (...times: ReadonlyArray<string>) => {
    const seen: Array<readonly [number, number]> = []
    const batch = times.map((receivedAt) => ({ record: { event: { receivedAt } } }))
    observeDelays((value, times) => void seen.push([value, times]), batch, now)
    return seen
  }
  assert.deepStrictEqual(observed(), [])
  assert.deepStrictEqual(
    observed(
      "2026-08-22T10:00:00.000Z",
      "2026-08-22T10:00:00.000Z",
      "2026-08-22T10:00:09.500Z",
      "unreadable",
      "",
      "2026-08-22T10:00:11.000Z"
    ),
    [[10, 2], [0.5, 1], [0, 1]]
  )
})
