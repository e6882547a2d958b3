import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { TimeZoneData } from "../../../layers/environment/TimeZoneData.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { RuleHits } from "../../../layers/rules/RuleHits.ts"
import { rulesTopic } from "../../../layers/rules/rulesTopic.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { makeInstancesMemory } from "../../layers/instances/InstancesMemory.ts"
import { writtenRule as rule } from "./fileRule.ts"
import { call, running, Stores } from "./harness.ts"

const viewer = { key: "viewer-key-of-tests" }
const hour = 3_600_000
const hoursAgo = (hours: number) => new Date(Math.floor(Date.now() / hour) * hour - hours * hour).toISOString()

const event = (number: number, message: string): Event => ({
  id: `0190a000-0000-7000-8000-${String(number).padStart(12, "0")}`,
  correlationId: `c-${number}`,
  source: "syslog",
  sender: "syslog/udp",
  receivedAt: hoursAgo(1),
  timestamp: hoursAgo(1),
  hostname: "sw1",
  message
})

const decision = {
  outcome: "unmatched",
  environment: "prod",
  ruleId: null,
  handling: null,
  team: "NETO",
  reason: "No active rule matches.",
  rulesVersion: 1,
  cause: null,
  causeId: null
} as const

const recorded = (messages: ReadonlyArray<string>) =>
  EventAudit.use(({ record }) =>
    record(messages.map((message, index) => {
      const one = event(index + 1, message)
      return { event: one, raw: JSON.stringify(one), decision }
    }))
  )

/** With the registry as an alerter sees it. */
const World = Layer.unwrap(
  Effect.map(makeInstancesMemory, ({ process }) => running(Layer.merge(Stores, process("alerter", "a-1"))))
).pipe(Layer.provide(Layer.succeed(TimeZoneData, "2026b")))

layer(World, { excludeTestServices: true })("rules at work", (it) => {
  it.effect("says how often each rule decided, when last, which never did, and what takes its place", () =>
    Effect.gen(function*() {
      const made = yield* call("POST", "/api/v1/rules/apply", {
        body: {
          rules: [rule("busy"), rule("rare"), rule("idle"), rule("late", { match_string: "busy bee", priority: 200 })],
          force: true,
          reason: "for a test"
        }
      })
      assert.strictEqual(made.status, 200)
      const { body: { rules } } = yield* call("GET", "/api/v1/rules")
      const idOf = (name: string): number => rules.find((one: { name: string }) => one.name === name).id
      const lastHit = hoursAgo(0)
      yield* RuleHits.use(({ add }) =>
        add([
          { ruleId: idOf("busy"), hour: hoursAgo(2), forwarded: 5, suppressed: 1, lastHit: hoursAgo(2) },
          { ruleId: idOf("busy"), hour: hoursAgo(0), forwarded: 2, suppressed: 0, lastHit },
          { ruleId: idOf("rare"), hour: hoursAgo(50), forwarded: 1, suppressed: 0, lastHit: hoursAgo(50) }
        ])
      )
      const { body, status } = yield* call("GET", "/api/v1/rules/stats", viewer)
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(body.counted_since, hoursAgo(50))
      const known = Object.fromEntries(
        body.rules.map(({ name, rule_id: _id, ...one }: { name: string; rule_id: number }) => [name, one])
      )
      const idle = { is_active: true, forwarded: 0, suppressed: 0, last_hit: null, never_hit: true, shadowed_by: null }
      assert.deepStrictEqual(known, {
        busy: { ...idle, forwarded: 7, suppressed: 1, last_hit: lastHit, never_hit: false },
        rare: { ...idle, last_hit: hoursAgo(50), never_hit: false },
        idle,
        late: { ...idle, shadowed_by: "busy" }
      })
      const short = yield* call("GET", `/api/v1/rules/stats?since=${hoursAgo(1)}`, viewer)
      assert.deepStrictEqual([short.body.since, short.body.rules[0].forwarded], [hoursAgo(1), 2])
      assert.strictEqual((yield* call("GET", "/api/v1/rules/stats?since=soon", viewer)).status, 422)
    }))

  it.effect("says which alerter decides by which version, and whether all follow", () =>
    Effect.gen(function*() {
      const look = Effect.map(call("GET", "/api/v1/rules/instances", viewer), ({ body }) => body)
      const { followed, instances, version } = yield* look
      assert.deepStrictEqual([followed, instances], [false, []])
      const { report } = yield* Instances
      const state = { version, ok: true, reason: null, ms: 12, rules: 4, unusable: 1, time_zone_data: "2026c" }
      const unusable = [{ rule_id: 3, field: "trapOid", message: "is no OID" }]
      yield* report(rulesTopic, { ...state, unusable_rules: unusable })
      const now = yield* look
      assert.deepStrictEqual([now.followed, now.instances.length], [true, 1])
      assert.deepInclude(now.instances[0], { ...state, instance: "a-1", unusable_rules: unusable })
      assert.deepStrictEqual([now.time_zone_data, now.same_time_zones], ["2026b", false])
      yield* report(rulesTopic, { ...state, time_zone_data: "2026b", ok: false, unusable_rules: [] })
      assert.strictEqual((yield* look).same_time_zones, true)
      yield* call("POST", "/api/v1/rules", { body: rule("other") })
      assert.strictEqual((yield* look).followed, false)
      yield* report(rulesTopic, { ...state, version: version + 1, ok: false, reason: "gone", unusable_rules: [] })
      assert.strictEqual((yield* look).followed, false)
      yield* report(rulesTopic, { ...state, version: version + 1, unusable_rules: [] })
      assert.strictEqual((yield* look).followed, true)
    }))

  it.effect("lints a file, or the rules in force, by what was recorded and counted", () =>
    Effect.gen(function*() {
      yield* recorded(Array.from({ length: 40 }, (_, n) => n % 2 === 0 ? "busy and wide" : "something else"))
      const rules = [
        rule("busy", { priority: 1 }),
        rule("wide", { prod_handling: "Ignore" }),
        rule("nobody", { match_string: "is here" })
      ]
      const lint = (body: object) => call("POST", "/api/v1/rules/lint", { ...viewer, body })
      const codes = ({ findings }: { findings: ReadonlyArray<{ code: string; rule: string }> }) =>
        findings.map(({ code, rule }) => `${code} ${rule}`).sort()
      const found = yield* lint({ rules })
      assert.deepStrictEqual([found.status, found.body.sampled, found.body.failed_tests], [200, 40, []])
      assert.deepStrictEqual(codes(found.body), [
        "broad busy",
        "broad wide",
        "never_hit nobody",
        "shadowed_in_practice wide"
      ])
      assert.deepStrictEqual(codes((yield* lint({ rules, sample: 0 })).body), [])
      const there = (yield* lint({})).body
      // `rare` matches nothing of the sample, but its hits are counted.
      assert.notInclude(codes(there), "never_hit rare")
      assert.include(codes(there), "shadowed late")
      const applied = yield* call("POST", "/api/v1/rules/apply", { body: { rules, dry_run: true } })
      assert.deepStrictEqual([applied.body.sampled, codes(applied.body)], [40, codes(found.body)])
      assert.strictEqual((yield* lint({ rules: [rule("a", { match_type: "regex", match_string: "(" })] })).status, 422)
      assert.strictEqual((yield* lint({ sample: 10_001 })).status, 422)
    }))
})
