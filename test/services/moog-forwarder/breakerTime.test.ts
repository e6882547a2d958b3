import { assert, it } from "@effect/vitest"
import { makeBreakerTime } from "../../../services/moog-forwarder/breakerTime.ts"

it("the time in which the breaker was open counts, and that of before and after does not", () => {
  const time = makeBreakerTime()
  assert.strictEqual(time.within(0, 100), 0)
  time.closed(50)
  time.opened(100)
  // It knows already since when.
  time.opened(150)
  assert.deepStrictEqual([time.within(0, 90), time.within(0, 160), time.within(120, 160)], [0, 60, 40])
  time.closed(200)
  time.closed(210)
  time.opened(300)
  time.closed(310)
  assert.deepStrictEqual(
    [time.within(0, 400), time.within(150, 305), time.within(200, 300), time.within(310, 400), time.within(305, 400)],
    [110, 55, 0, 0, 5]
  )
})

it("as many spans are remembered as a day has", () => {
  const time = makeBreakerTime()
  for (let span = 0; span < 1_000; span++) {
    time.opened(span * 10)
    time.closed(span * 10 + 1)
  }
  assert.strictEqual(time.within(0, 10_000), 100)
})
