import { assert, describe, it } from "@effect/vitest"
import { notReady } from "../../../../services/web-ui/console/api/fleet.ts"
import { answer, findings, type Seen } from "../../../../services/web-ui/console/pages/overview/findings.ts"
import { books, fleet, flow, point, process } from "./seen.ts"

const well: Seen = { fleet: fleet(), books: books(), flow: flow(), away: [] }
const says = (parts: Partial<Seen>) => findings({ ...well, ...parts }).map(({ says }) => says)

describe("the answer of the overview", () => {
  it("is that all is well when all is known and nothing is wrong", () => {
    assert.deepStrictEqual(answer(well), { line: { tone: "well", says: "All is well" }, others: [] })
  })

  it("is not given before all is known, and not from what cannot be read now", () => {
    assert.strictEqual(answer({ ...well, flow: undefined }).line.says, "Looking…")
    assert.deepStrictEqual(answer({ ...well, away: ["The server does not answer"] }).line, {
      tone: "err",
      says: "The server does not answer"
    })
  })

  it("says what is away once, and not that programs are gone which nobody can see now", () => {
    const none = fleet({ processes: [], addresses: [], reports_unavailable: "The reports cannot be read now." })
    const away = ["The queue cannot be reached now. Nothing was changed; try again."]
    assert.deepStrictEqual(
      says({ away, fleet: none, flow: flow({ unavailable: "The queue cannot be reached now." }) }),
      [
        "The queue cannot be reached now",
        "The reports cannot be read now"
      ]
    )
  })

  it("says the worst first: what is lost, then what stands still, then what is late or dead", () => {
    const seen: Seen = {
      fleet: fleet({ processes: fleet().processes.filter(({ program }) => program !== "alerter") }),
      books: books({ events: { difference: 3, dead: 1 }, alerts: { dead: 12 }, quarantine: { held: 2 } }),
      flow: flow({ seconds: [point({ breaker: "open", oldest_event_ms: 90_000, overdue_alert_ms: 600_000 })] }),
      away: []
    }
    const { line, others } = answer(seen)
    assert.strictEqual(line.says, "The books do not balance: 3 events cannot be found")
    assert.deepStrictEqual(others.map(({ says, tone }) => `${tone} ${says}`), [
      "err No alerter answers",
      "err Delivery is paused, as the receiver fails",
      "err An alert could have been delivered for 10 min",
      "warning An event has waited to be decided for 90 s",
      "warning 12 alerts could not be delivered",
      "warning 1 event could not be decided",
      "notice 2 records could not be read"
    ])
  })

  it("stays well when records could not be read, and says them below", () => {
    const { line, others } = answer({ ...well, books: books({ quarantine: { held: 1 } }) })
    assert.strictEqual(line.says, "All is well")
    assert.deepStrictEqual(others.map(({ says }) => says), ["1 record could not be read"])
  })

  it("tells a program that stands still from one that works with fewer processes", () => {
    const others = fleet().processes.filter(({ program }) => program !== "ingestor")
    const down = process({ state: "not_ready", checks: { redis: { state: "down", required: true, detail: "away" } } })
    assert.deepStrictEqual(says({ fleet: fleet({ processes: [down, ...others] }) }), ["No ingestor is ready"])
    const two = [down, process({ instance: "two" }), ...others]
    assert.deepStrictEqual(says({ fleet: fleet({ processes: two }) }), ["1 of 2 ingestors not ready"])
    const silent = { program: "ingestor", url: "http://ingestor" } as const
    assert.deepStrictEqual(says({ fleet: fleet({ addresses: [silent] }) }), [
      "An address of the ingestor does not answer"
    ])
    assert.strictEqual(notReady(fleet({ processes: two, addresses: [silent] })), 2)
  })

  it("says what is wrong with a process that is ready, but not that a change is on its way to it", () => {
    const others = fleet().processes.slice(1)
    const one = (parts: Parameters<typeof process>[0]) =>
      says({ fleet: fleet({ processes: [process(parts), ...others] }) })
    assert.deepStrictEqual(one({ secrets_stale: true }), [
      "ingestor: it can't read its secrets, and goes on with those it has"
    ])
    assert.deepStrictEqual(one({ settings: { epoch: "e", version: 6, ok: false, reason: "too large" } }), [
      "ingestor: it refused newer settings: too large"
    ])
    assert.deepStrictEqual(one({ last_seen: "2026-03-01T04:04:36.000Z" }), ["ingestor: it has said nothing for 30 s"])
    assert.deepStrictEqual(one({ settings: { epoch: "e", version: 6, ok: true, reason: null } }), [])
  })
})
