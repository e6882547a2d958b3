import { assert, describe, it } from "@effect/vitest"
import type { Event } from "../../../src/domain/Event.ts"
import { type RuleSet } from "../../../src/domain/Rule.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { contains } from "./rules.ts"

const ruleSet: RuleSet = {
  version: 3,
  rules: [contains(1, "link-down", { teamAssignment: "NetOps" }), contains(2, "login", { prodHandling: "Log_only" })],
  developmentHosts: ["dev-*", "lab1"],
  deviceTeams: [{ hostname: "fw1", team: "Security" }, { hostname: "core*", team: "Core" }]
}
const policy = inOneGo(buildPolicy(ruleSet))

const event = (hostname: string, message: string): Event => ({
  id: "0199-1",
  correlationId: "c",
  source: "syslog",
  sender: "test",
  receivedAt: "2026-08-22T10:00:00.000Z",
  timestamp: "2026-08-22T10:00:00.000Z",
  hostname,
  message
})

describe("a policy", () => {
  it("forwards by the handling for production hosts, with the rule's team", () => {
    assert.deepStrictEqual(policy.decide(event("core1", "LINK-DOWN Gi0/1")), {
      outcome: "forwarded",
      environment: "prod",
      ruleId: 1,
      handling: "Page_and_ticket",
      team: "NetOps",
      reason: "Rule 1: message contains \"link-down\". Handling Page_and_ticket for prod hosts forwards it.",
      rulesVersion: policy.version,
      cause: null,
      causeId: null
    })
  })

  it("goes by the other handling for development hosts, whatever their case", () => {
    const decision = policy.decide(event("DEV-router1", "link-down"))
    assert.strictEqual(decision.environment, "dev")
    assert.strictEqual(decision.outcome, "suppressed")
    assert.strictEqual(decision.handling, "Ignore")
    assert.strictEqual(decision.cause, "handling")
  })

  it("keeps only the record for a handling that does not forward", () => {
    assert.strictEqual(policy.decide(event("core1", "login")).outcome, "suppressed")
  })

  it("gives an event without a rule to the device's team, or to NETO", () => {
    assert.strictEqual(policy.decide(event("fw1", "hello")).team, "Security")
    assert.strictEqual(policy.decide(event("core7", "hello")).team, "Core")
    const decision = policy.decide(event("lab1", "hello"))
    assert.deepStrictEqual([decision.team, decision.outcome, decision.environment], ["NETO", "unmatched", "dev"])
    assert.isNull(decision.ruleId)
    assert.isNull(decision.handling)
  })

  it("decides slowly what it decides at once", () => {
    for (const message of ["link-down", "login", "hello"]) {
      assert.deepStrictEqual(
        inOneGo(policy.decideSlowly(event("core1", message))),
        policy.decide(event("core1", message))
      )
    }
  })
})
