import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DeliveryRecord } from "../../../layers/audit/DeliveryRecord.ts"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { SilenceRepository } from "../../../layers/silence/SilenceRepository.ts"
import { silenced } from "../../../services/alerter/stages/silence.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { call, running, Stores } from "./harness.ts"

const idOf = (number: number) => `0190a000-0000-7000-8000-${String(number).padStart(12, "0")}`

const event = (number: number, message: string): Event => ({
  id: idOf(number),
  correlationId: `c-${number}`,
  source: "syslog",
  sender: "syslog/udp",
  receivedAt: "2026-08-22T10:00:00.000Z",
  timestamp: "2026-08-22T09:59:59.000Z",
  hostname: "sw1",
  message
})

const rule = (priority: number, matchString: string, prodHandling: "Page_only" | "Ignore") => ({
  name: `rule-${matchString}`,
  matchType: "contains" as const,
  matchString,
  trapOid: null,
  syslogSeverity: null,
  priority,
  prodHandling,
  devHandling: "Ignore" as const,
  teamAssignment: "NetOps",
  isActive: true
})

const author = { actor: "test", reason: null, correlationId: "c" }

/** Three events as an alerter records them by version 1 of the rules, one of them delivered at its second try. */
const Recorded = Layer.effectDiscard(Effect.gen(function*() {
  const store = yield* RuleRepository
  yield* store.createRule(rule(1, "fan", "Ignore"), author)
  yield* store.createRule(rule(2, "down", "Page_only"), author)
  yield* store.createRule(rule(3, "gi0/1", "Ignore"), author)
  const { developmentHosts, rules, teams, version } = yield* store.ruleSet
  const policy = inOneGo(buildPolicy({ version, rules, developmentHosts, deviceTeams: teams }))
  const events = [event(1, "Gi0/1 down"), event(2, "fan failed"), event(3, "hello"), event(4, "Gi0/2 down")]
  yield* (yield* EventAudit).record(events.map((one) => ({
    event: one,
    raw: JSON.stringify(one),
    decision: policy.decide(one)
  })))
  const attempts = [{ at: "2026-08-22T10:00:01.000Z", reason: "http", detail: "500" }]
  yield* (yield* DeliveryRecord).record([{ alertId: idOf(1), deliveredAt: 1_787_392_803_500, tries: 2, attempts }])
})).pipe(Layer.orDie)

/** An event that a silence of version 1 held back, and one whose silence is not kept any more. */
const Held = Layer.effectDiscard(Effect.gen(function*() {
  const store = yield* SilenceRepository
  const schedule = { zone: "Europe/Berlin", weekly: [{ days: ["SU" as const], from: "04:00", to: "06:00" }] }
  const said = { match: { hosts: ["sw1"] }, schedule, comment: "card is swapped" }
  const { id } = yield* store.create(said, author)
  const { rules, version } = yield* (yield* RuleRepository).ruleSet
  const policy = inOneGo(buildPolicy({ version, rules, developmentHosts: [], deviceTeams: [] }))
  const held = (number: number, causeId: string) => {
    const one = event(number, "Gi0/9 down")
    return { event: one, raw: JSON.stringify(one), decision: silenced(policy.decide(one), causeId) }
  }
  yield* (yield* EventAudit).record([held(8, `${id}/2026-08-23T04:00`), held(7, "999")])
})).pipe(Layer.orDie)

const get = (path: string) => call("GET", `/api/v1/events/${path}`)

layer(running(Layer.provideMerge(Held, Layer.provideMerge(Recorded, Stores))), { excludeTestServices: true })(
  "one event",
  (it) => {
    it.effect("is found by its id, and by its time and id, with the way of its alert", () =>
      Effect.gen(function*() {
        const { body, status } = yield* get(idOf(1))
        assert.strictEqual(status, 200)
        assert.deepInclude(body.event, { id: idOf(1), hostname: "sw1", outcome: "forwarded", cause: null })
        assert.deepStrictEqual(body.alert, {
          state: "delivered",
          behind: null,
          due_at: null,
          delivered_at: "2026-08-22T10:00:03.500Z",
          ms: 3_500,
          tries: 2,
          attempts: [{ at: "2026-08-22T10:00:01.000Z", reason: "http", detail: "500" }]
        })
        assert.deepStrictEqual((yield* get(`2026-08-22T09:59:59.000Z_${idOf(1)}`)).body, body)
      }))

    it.effect("is given as it came, among up to a hundred that are asked for at once", () =>
      Effect.gen(function*() {
        const gone = "01998a00-0000-7000-8000-00000000ffff"
        const { body, status } = yield* get(`raw?ids=${[idOf(2), gone, idOf(1)].join(",")}`)
        assert.strictEqual(status, 200)
        const byId = new Map(
          body.events.map((one: { readonly id: string; readonly raw_message: string }) => [one.id, one.raw_message])
        )
        assert.deepStrictEqual([...byId.keys()].toSorted(), [idOf(1), idOf(2)])
        assert.strictEqual(byId.get(idOf(1)), (yield* get(idOf(1))).body.event.raw_message)
        assert.deepStrictEqual(body.rest, [])
        const many = Array.from({ length: 101 }, () => idOf(1)).join(",")
        for (const ids of ["", "x", `${idOf(1)},`, many]) {
          const refused = yield* get(`raw?ids=${ids}`)
          assert.deepStrictEqual([refused.status, refused.body.errors[0].field], [422, "ids"], ids)
        }
      }))

    it.effect("is explained by the rules that decided: which one, why none before it, and which match too", () =>
      Effect.gen(function*() {
        const { body: { rules, sentences } } = yield* get(`${idOf(1)}/explain`)
        assert.isTrue(rules.in_force)
        assert.strictEqual(rules.decided_by.name, "rule-down")
        assert.deepStrictEqual(
          rules.before.map(({ name, why }: { readonly name: string; readonly why: string }) => [name, why]),
          [
            ["rule-fan", "the message does not contain the text"]
          ]
        )
        assert.deepStrictEqual(rules.also_match.map(({ name }: { readonly name: string }) => name), ["rule-gi0/1"])
        assert.include(sentences.join("\n"), "After it, rule-gi0/1 would have matched too.")
        assert.include(sentences.join("\n"), "delivered at 2026-08-22T10:00:03.500Z, 3500 ms after")
      }))

    it.effect("without an alert says so, and what held it back", () =>
      Effect.gen(function*() {
        const suppressed = (yield* get(`${idOf(2)}/explain`)).body
        assert.strictEqual(suppressed.event.cause, "handling")
        assert.isNull(suppressed.alert)
        const unmatched = (yield* get(`${idOf(3)}/explain`)).body
        assert.isNull(unmatched.rules.decided_by)
        assert.lengthOf(unmatched.rules.before, 3)
        assert.strictEqual((yield* get(idOf(4))).body.alert.state, "gone")
      }))

    it.effect("that a silence held back is explained by that: who made it, why, and which time of it", () =>
      Effect.gen(function*() {
        const { alert, event: { outcome }, sentences, silence } = (yield* get(`${idOf(8)}/explain`)).body
        assert.deepStrictEqual([outcome, alert], ["suppressed", null])
        assert.deepStrictEqual(silence, {
          id: 1,
          occurrence: "2026-08-23T04:00",
          zone: "Europe/Berlin",
          created_by: "test",
          comment: "card is swapped",
          revision: 1
        })
        assert.include(
          sentences,
          "Silence 1, in its time of 2026-08-23T04:00 (Europe/Berlin), held it back. test made it: card is swapped"
        )
        const gone = (yield* get(`${idOf(7)}/explain`)).body
        assert.deepInclude(gone.silence, { id: 999, occurrence: null, comment: null })
        assert.include(gone.sentences, "Silence 999 held it back; it is not kept any more.")
        assert.isNull((yield* get(`${idOf(1)}/explain`)).body.silence)
      }))

    it.effect("is explained by the rules of then, after they were changed and deleted", () =>
      Effect.gen(function*() {
        const store = yield* RuleRepository
        const before = (yield* get(`${idOf(1)}/explain`)).body.rules
        const options = { key: "operator-key-of-tests" }
        const down = (yield* store.rules).find(({ name }) => name === "rule-down")
        yield* call("DELETE", `/api/v1/rules/${down?.id}`, options)
        const after = (yield* get(`${idOf(1)}/explain`)).body.rules
        assert.deepStrictEqual(after, { ...before, in_force: false })
      }))

    it.effect("that is not there is 404, as is what is no id, and a time that no calendar has", () =>
      Effect.gen(function*() {
        const missing = yield* get(idOf(9))
        assert.deepStrictEqual([missing.status, missing.body._tag], [404, "EventNotFound"])
        const days = ["0000-01-01", "2026-00-10", "2026-02-30", "1900-02-29", "275761-01-01"]
        for (const ref of ["nothing", ...days.map((day) => `${day}T05:00:00Z_${idOf(1)}`)]) {
          const nothing = yield* get(ref)
          assert.deepStrictEqual([nothing.status, nothing.body._tag], [404, "PathUnknown"], ref)
        }
        for (const day of ["2000-02-29", "269999-12-31"]) {
          assert.strictEqual((yield* get(`${day}T05:00:00Z_${idOf(9)}`)).body._tag, "EventNotFound", day)
        }
      }))
  }
)
