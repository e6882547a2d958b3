import { assert, describe, it } from "@effect/vitest"
import { seeded } from "../../../scripts/bench/Random.ts"
import { BacktestTally } from "../../../src/backtest/BacktestTally.ts"
import { compareEvents } from "../../../src/backtest/compareEvents.ts"
import { type Decider, deciderOf } from "../../../src/backtest/Decider.ts"
import type { Event } from "../../../src/domain/Event.ts"
import type { PastEvent } from "../../../src/domain/PastEvent.ts"
import type { Rule } from "../../../src/domain/Rule.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { canaryDecision } from "../../../src/matching/canaryDecision.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { event as madeEvent, uuid } from "../../services/alerter/events.ts"
import { randomEvent, randomRules } from "../matching/randomRules.ts"
import { contains } from "../matching/rules.ts"

const policyOf = (rules: ReadonlyArray<Rule>) =>
  inOneGo(buildPolicy({
    version: 1,
    rules,
    developmentHosts: ["sw4"],
    deviceTeams: [{ hostname: "sw3", team: "Security" }]
  }))
const deciderFor = (rules: ReadonlyArray<Rule>): Decider =>
  deciderOf(policyOf(rules), rules.map(({ id }) => ({ id, name: `r${id}` })))

/** The event as it was recorded, with what these rules decided. */
const recorded = (rules: ReadonlyArray<Rule>, events: ReadonlyArray<Event>): ReadonlyArray<PastEvent> => {
  const policy = policyOf(rules)
  return events.map((event) => {
    const { reason: _, ...decision } = canaryDecision(event) ?? policy.decide(event)
    return { ...decision, id: event.id, at: Date.parse(event.receivedAt), raw: JSON.stringify(event) }
  })
}
const compared = (events: ReadonlyArray<PastEvent>, old: Decider | "recorded", after: Decider) => {
  const tally = new BacktestTally({
    old: old === "recorded" ? after.ruleName : old.ruleName,
    new: after.ruleName
  })
  inOneGo(compareEvents(events, old, after, tally))
  return tally
}

const at = "2026-08-22T10:10:00.000Z"
const many = (random: ReturnType<typeof seeded>, count: number) =>
  Array.from({ length: count }, (_, n): Event => ({ ...madeEvent(n, { receivedAt: at }), ...randomEvent(random) }))

describe("a comparison of rules over recorded events", () => {
  it("of the rules in force with themselves, or with their record, differs in no event, whatever they are", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seeded(seed)
      const rules = randomRules(random, 30)
      const long = madeEvent(900, { message: `${"x ".repeat(4_000)}link-down Gi0/1` })
      const canary = madeEvent(901, { hostname: "mutt-canary", sender: "mutt/canary" })
      const events = recorded(rules, [...many(random, 100), long, canary])
      for (const old of ["recorded", deciderFor(rules)] as const) {
        const tally = compared(events, old, deciderFor(rules))
        assert.deepStrictEqual([tally.differing, tally.read, tally.unreadable], [0, 102, 0])
        for (const { new: after, old } of tally.figures.rules) assert.deepStrictEqual(after, old)
      }
    }
  })

  it("counts as the deciders do, one by one, when the rules differ", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(1_000 + seed)
      const [before, after] = [randomRules(random, 20), randomRules(random, 20)]
      const events = many(random, 200)
      const { figures } = compared(recorded(before, events), deciderFor(before), deciderFor(after))
      const decided = [policyOf(before), policyOf(after)].map(({ decide }) => events.map((event) => decide(event)))
      const differing = events.filter((_, n) => {
        const [a, b] = [decided[0]![n]!, decided[1]![n]!]
        return JSON.stringify([a.outcome, a.ruleId, a.handling, a.team]) !==
          JSON.stringify([b.outcome, b.ruleId, b.handling, b.team])
      })
      assert.strictEqual(figures.differing, differing.length)
      assert.strictEqual(figures.matrix.reduce((sum, { count }) => sum + count, 0), 200)
      const alerts = decided.map((all) => all.filter(({ outcome }) => outcome === "forwarded").length)
      assert.deepStrictEqual([figures.all.old.alerts, figures.all.new.alerts], alerts)
      const listed = figures.matrix.flatMap(({ examples }) => examples.map(({ ref }) => ref.split("_")[1]))
      assert.isTrue(listed.every((id) => differing.some((event) => event.id === id)))
    }
  })

  it("says which events differ and how, and by rule, team, hour and host what that sends", () => {
    const before = [contains(1, "down"), contains(2, "fan", { prodHandling: "Ticket_only", teamAssignment: "Power" })]
    const after = [contains(1, "down", { prodHandling: "Log_only" }), before[1]!, contains(3, "login")]
    const events = [
      ...Array.from({ length: 30 }, (_, n) => madeEvent(n, { receivedAt: at, message: "link down", hostname: "a" })),
      madeEvent(40, { receivedAt: at, message: "fan fail", hostname: "b" }),
      madeEvent(41, { receivedAt: "2026-08-22T11:59:59.999Z", message: `login ${"y".repeat(300)}`, hostname: "c" })
    ]
    const broken = { ...recorded(before, events)[0]!, id: uuid(99), raw: "no JSON" }
    const tally = compared([...recorded(before, events), broken], deciderFor(before), deciderFor(after))
    const { hosts, hours, matrix, rules, teams, all } = tally.figures
    assert.deepStrictEqual([tally.read, tally.unreadable, tally.differing, tally.unmatched], [33, 1, 31, 0])
    assert.deepStrictEqual(
      matrix.map((cell) => [cell.old, cell.new, cell.count, cell.differing, cell.examples.length]),
      [["forwarded", "forwarded", 1, 0, 0], ["forwarded", "suppressed", 30, 30, 20], [
        "unmatched",
        "forwarded",
        1,
        1,
        1
      ]]
    )
    const [example] = matrix[2]!.examples
    assert.strictEqual(example?.message.length, 200)
    assert.deepStrictEqual({ ...example, message: "" }, {
      ref: `1970-01-01T00:00:00.000Z_${uuid(41)}`,
      hostname: "c",
      severity: null,
      message: "",
      old: { outcome: "unmatched", rule: null, handling: null, team: "NETO", environment: "prod" },
      new: { outcome: "forwarded", rule: "r3", handling: "Page_and_ticket", team: "NetOps", environment: "prod" }
    })
    assert.deepStrictEqual(all, { old: { alerts: 31, pages: 30 }, new: { alerts: 2, pages: 1 } })
    assert.deepStrictEqual(rules.map(({ new: { alerts }, old, rule }) => [rule, old.alerts, alerts]), [
      ["r1", 30, 0],
      ["r3", 0, 1],
      ["r2", 1, 1]
    ])
    assert.deepStrictEqual(teams.map(({ team }) => team), ["NetOps", "Power"])
    assert.deepStrictEqual(hours.map(({ hour, new: { alerts }, old }) => [hour, old.alerts, alerts]), [
      ["2026-08-22T10:00:00.000Z", 31, 1],
      ["2026-08-22T11:00:00.000Z", 0, 1]
    ])
    assert.deepStrictEqual(hosts.map(({ differing, hostname }) => [hostname, differing]), [["a", 30], ["c", 1]])
  })
})
