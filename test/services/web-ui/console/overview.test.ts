import { assert, describe, it } from "@effect/vitest"
import { bookLines } from "../../../../services/web-ui/console/pages/overview/bookLines.ts"
import { lastHour, rateOf, rateText, withNow } from "../../../../services/web-ui/console/pages/overview/flow.ts"
import { books, flow, point } from "./seen.ts"

describe("the books in words", () => {
  const full = books({
    events: { accepted: 10, forwarded: 4, unmatched: 6 },
    alerts: { from_events: 4, meta: 1, delivered: 4, difference: 1 }
  })

  it("have what is not zero, and those that do not balance first", () => {
    assert.deepStrictEqual(
      bookLines(full).map(({ difference, terms, total }) => [
        `${total.count} ${total.word}`,
        terms.map(({ count, word }) => `${count} ${word}`),
        difference
      ]),
      [
        ["5 alerts", ["4 delivered"], 1],
        ["10 events accepted", ["4 forwarded", "6 matched no rule"], 0]
      ]
    )
    assert.deepStrictEqual(bookLines(books()), [])
  })

  it("lead to what each term counts", () => {
    const [, events] = bookLines(full)
    assert.deepStrictEqual(events?.terms[0], {
      count: 4,
      word: "forwarded",
      to: "/events",
      search: { outcome: "forwarded" }
    })
  })
})

describe("the flow", () => {
  const second = (clock: string, accepted: number) => point({ at: `2026-03-01T04:05:${clock}.000Z`, accepted })

  it("goes on with what the stream tells, each second once, and the minute under way anew", () => {
    const minute = (accepted: number) => point({ at: "2026-03-01T04:05:00.000Z", span_ms: 6_000, accepted })
    const before = flow({ seconds: [second("05", 1)], minutes: [minute(5)] })
    const now = { as_of: "2026-03-01T04:05:06.000Z", second: second("06", 2), minute: minute(7) }
    const after = withNow(withNow(before, now), now)
    assert.deepStrictEqual(after.seconds.map(({ accepted }) => accepted), [1, 2])
    assert.deepStrictEqual(after.minutes.map(({ accepted }) => accepted), [7])
  })

  it("has rates over the last ten seconds that were seen, however long each was", () => {
    const seconds = [second("01", 900), ...Array.from({ length: 9 }, () => second("02", 3)), {
      ...second("03", 33),
      span_ms: 11_000
    }]
    assert.strictEqual(rateOf(flow({ seconds }), ["accepted"]), 3)
    assert.strictEqual(rateOf(flow({ seconds: [] }), ["accepted"]), 0)
    assert.deepStrictEqual([0, 0.02, 3.14, 1_234.5].map(rateText), ["0/s", "1/min", "3.1/s", "1,235/s"])
  })

  it("has 60 minutes up to now, and tells a minute that nobody saw from one without events", () => {
    const hour = lastHour(flow({ minutes: [point({ at: "2026-03-01T04:03:00.000Z" })] }))
    assert.strictEqual(hour.length, 60)
    assert.strictEqual(hour.at(-1)?.at, "2026-03-01T04:05:00.000Z")
    assert.deepStrictEqual(hour.filter(({ point }) => point !== undefined).map(({ at }) => at), [
      "2026-03-01T04:03:00.000Z"
    ])
    assert.deepStrictEqual(lastHour(flow({ as_of: null })), [])
  })
})
