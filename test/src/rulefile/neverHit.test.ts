import { assert, it } from "@effect/vitest"
import type { LintFinding } from "../../../src/domain/LintFinding.ts"
import { neverHit } from "../../../src/rulefile/neverHit.ts"
import { contains } from "../matching/rules.ts"

const rule = (id: number, isActive = true) => Object.assign(contains(id, "x", { isActive }), { name: `r${id}` })
const from = "2026-08-01T00:00:00.000Z"
const before = "2026-07-01T00:00:00.000Z"
const after = "2026-08-02T00:00:00.000Z"
const inSample = (name: string): LintFinding => ({
  code: "never_hit",
  level: "warn",
  rule: name,
  other: null,
  message: `Rule ${name} matches none of 9 events.`,
  proof: "9 events of a sample"
})
const hit = (ruleId: number, lastHit: string) => ({ ruleId, forwarded: 0, suppressed: 0, lastHit })

it("tells of rules that decided nothing for long, and not of those that did, whatever the sample holds", () => {
  const rules = [rule(1), rule(2), rule(3), rule(4), rule(5, false)]
  const there = [1, 2, 3, 5].map((id) => ({ id, updatedAt: id === 3 ? after : before }))
  const hits = { countedSince: before, rules: [hit(1, after), hit(2, before)] }
  const found = neverHit([1, 2, 3, 4].map((id) => inSample(`r${id}`)), rules, there, hits, from)
  assert.deepStrictEqual(found.map(({ message }) => message).sort(), [
    "Rule r2 has decided nothing in 30 days.",
    // New, or changed since: only the sample is known.
    "Rule r3 matches none of 9 events.",
    "Rule r4 matches none of 9 events."
  ])
})

it("knows nothing from hits as long as these were not counted for long", () => {
  const hits = { countedSince: after, rules: [] }
  assert.deepStrictEqual(neverHit([], [rule(1)], [{ id: 1, updatedAt: before }], hits, from), [])
  assert.deepStrictEqual(
    neverHit([], [rule(1)], [{ id: 1, updatedAt: before }], { ...hits, countedSince: null }, from),
    []
  )
})
