import { assert, describe, it } from "@effect/vitest"
import { type Record, records } from "../../../scripts/bench/corpus.ts"
import { seeded } from "../../../scripts/bench/Random.ts"
import type { Event } from "../../../src/domain/Event.ts"
import type { Rule } from "../../../src/domain/Rule.ts"
import { parseSeverity } from "../../../src/domain/Severity.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { allMatches } from "../../../src/matching/allMatches.ts"
import { compileRule, mismatch } from "../../../src/matching/CompiledRule.ts"
import { explain } from "../../../src/matching/explain.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { byPriority } from "../../../src/matching/ranks.ts"
import { randomEvent, randomRules } from "./randomRules.ts"

const eventOf = (fields: Pick<Event, "hostname" | "message"> & Partial<Event>): Event => ({
  id: "event",
  correlationId: "c",
  source: "http",
  sender: "test",
  receivedAt: "2026-08-22T10:00:00.000Z",
  timestamp: "2026-08-22T10:00:00.000Z",
  ...fields
})

const recorded = ({ hostname, message, syslog_severity, trap_oid }: Record): Event => {
  const severity = parseSeverity(syslog_severity)
  return eventOf({
    hostname,
    message,
    ...(severity === undefined ? {} : { severity }),
    ...(trap_oid === undefined ? {} : { trapOid: trap_oid })
  })
}

/** What decides must be the first whose words say that it matches, and every other rule must be explained so. */
const agree = (rules: ReadonlyArray<Rule>, events: ReadonlyArray<Event>) => {
  const policy = inOneGo(buildPolicy({ version: 1, rules, developmentHosts: [], deviceTeams: [] }))
  const every = inOneGo(allMatches(rules))
  const active = rules.filter(({ isActive }) => isActive).toSorted(byPriority)
  const usable = active.flatMap((rule) => {
    const compiled = compileRule(rule, policy.matcher.patterns)
    return "field" in compiled ? [] : [compiled]
  })
  let decided = 0
  for (const [index, event] of events.entries()) {
    const match = policy.matcher.match(event)
    const { ruleId } = policy.decide(event)
    const matching = usable.filter((one) => mismatch(one, event) === undefined).map(({ rule }) => rule.id)
    const what = () => JSON.stringify(event)
    assert.strictEqual(ruleId, matching[0] ?? null, what())
    assert.deepStrictEqual(every.of(event).map((rank) => every.rules[rank]?.id), matching, what())
    if (ruleId !== null) decided++
    // To tell all rules of every event would take a minute.
    if (index % 10 > 0) continue
    const { others } = inOneGo(explain(rules, policy.matcher, match, event, { most: Infinity }))
    const said = others.filter(({ why }) => why.startsWith("it matches too")).map(({ rule }) => rule.id)
    assert.deepStrictEqual(said, matching.slice(1), what())
  }
  return decided
}

describe("the words that explain and the index that decides", () => {
  it("agree on every event of the bench corpus, whatever the rules are", () => {
    const corpus = records(1_500).map(recorded)
    for (let seed = 1; seed <= 3; seed++) {
      assert.isAbove(agree(randomRules(seeded(seed), 40), corpus), 500)
    }
  })

  it("agree on events that are made to match many rules, with tags, foreign letters and traps", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seeded(1_000 + seed)
      const events = Array.from({ length: 100 }, () => eventOf(randomEvent(random)))
      assert.isAbove(agree(randomRules(random, 60), events), 50)
    }
  })
})
