import { assert, describe, it } from "@effect/vitest"
import type { Posting } from "../../../../scripts/proofs/conservation/Ledger.ts"
import { type Findings, reconcile, type Row } from "../../../../scripts/proofs/conservation/reconcile.ts"

const posting = (token: string, kind: Posting["kind"], accepted = true): Posting => ({ token, kind, accepted, atMs: 5 })

const books = {
  balanced: true,
  events: {
    accepted: 3,
    forwarded: 2,
    suppressed: 1,
    unmatched: 0,
    waiting: 0,
    waiting_bytes: 0,
    dead: 0,
    discarded: 0,
    difference: 0
  },
  alerts: { from_events: 2, meta: 0, recovered: 0, delivered: 1, waiting: 0, dead: 1, discarded: 0, difference: 0 },
  quarantine: { received: 1, held: 1, replayed: 0, discarded: 0, trimmed: 0, over_share: 0, difference: 0 }
}

const postings = [
  posting("a", "forwarded"),
  posting("b", "refused"),
  posting("c", "suppressed"),
  posting("d", "poison"),
  posting("e", "forwarded", false)
]

const row = (token: string, outcome: string, cause: string | null = null, silenced = false): Row => ({
  token,
  outcome,
  cause,
  silenced,
  rules: 1
})
const rowA = row("a", "forwarded")
const rowB = row("b", "forwarded")
const rowC = row("c", "suppressed", "handling")

const sound: Findings = {
  audit: [rowA, rowB, rowC],
  platform: ["a"],
  deadAlerts: ["b"],
  deadEvents: [],
  quarantine: ["d"],
  platformMeta: 0,
  deadMeta: 0,
  books
}

const problems = (change: Partial<Findings>) => reconcile(postings, { ...sound, ...change }, [])

describe("reckoning", () => {
  it("has nothing to say when every event is where it belongs", () => {
    assert.deepStrictEqual(problems({}), [])
  })

  it("misses an event that was answered 2xx and is nowhere", () => {
    const found = problems({ audit: sound.audit.filter(({ token }) => token !== "c") })
    assert.include(found[0], "suppressed event c was answered 2xx and is nowhere (posted at 5 ms")
  })

  it("does not miss an event that was not answered 2xx", () => {
    const events = { ...books.events, accepted: 4, forwarded: 3 }
    const alerts = { ...books.alerts, from_events: 3, delivered: 2 }
    const audit = [...sound.audit, row("e", "forwarded")]
    assert.deepStrictEqual(problems({ audit, platform: ["a", "e"], books: { ...books, events, alerts } }), [])
  })

  it("finds an event that ended twice, whether or not it was answered 2xx", () => {
    const twice = row("e", "forwarded")
    assert.include(problems({ audit: [...sound.audit, twice, twice] }).join("\n"), "forwarded event e ended 2 times")
    assert.include(problems({ deadEvents: ["c"] }).join("\n"), "suppressed event c ended 2 times")
  })

  it("finds an alert that was lost, kept twice, or both kept and dead", () => {
    assert.include(problems({ platform: [] }).join("\n"), "forwarded event a was forwarded and its alert is nowhere")
    assert.include(problems({ platform: ["a", "a"] }).join("\n"), "forwarded event a has 2 alerts instead of 1")
    assert.include(problems({ deadAlerts: ["a", "b"] }).join("\n"), "forwarded event a has 2 alerts instead of 1")
    assert.include(problems({ platform: ["a", "c"] }).join("\n"), "suppressed event c has 1 alerts instead of 0")
  })

  it("finds an outcome that the rules don't give", () => {
    const audit = [rowA, rowB, row("c", "unmatched")]
    assert.include(problems({ audit }).join("\n"), "should be suppressed and is unmatched")
    const withoutCause = [rowA, rowB, row("c", "suppressed")]
    assert.include(problems({ audit: withoutCause }).join("\n"), "is suppressed with the cause null")
  })

  it("lets a silence hold back what would be sent, if it covered that", () => {
    const held = { ...books.events, forwarded: 1, suppressed: 2 }
    const alerts = { ...books.alerts, from_events: 1, delivered: 0 }
    const silenced = (covered: boolean) =>
      problems({
        audit: [row("a", "suppressed", "silence", covered), rowB, rowC],
        platform: [],
        books: { ...books, events: held, alerts }
      })
    assert.deepStrictEqual(silenced(true), [])
    assert.include(silenced(false)[0], "is suppressed by a silence that did not cover it")
    const needless = [rowA, rowB, row("c", "suppressed", "silence", true)]
    assert.include(problems({ audit: needless })[0], "is silenced, though nothing would have been sent")
  })

  it("finds books that say something else than what is there", () => {
    const cooked = { ...books, alerts: { ...books.alerts, delivered: 2, dead: 0 } }
    assert.deepStrictEqual(problems({ books: cooked }).map((problem) => problem.slice(0, 60)), [
      "The books don't balance: delivered = what the platform keeps",
      "The books don't balance: dead alerts = dead letters: 0 ≠ 1.".slice(0, 60)
    ])
  })
})
