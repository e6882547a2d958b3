import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { outcomesOf } from "../../../services/alerter/stages/outcomes.ts"
import { Alert } from "../../../src/domain/Alert.ts"
import { fingerprint, signature } from "../../../src/logic/signatures.ts"
import { delivery, policy, position, uuid } from "./events.ts"
import { evaluateAll } from "./stages.ts"

const at = "2026-08-22T10:00:00.000Z"
const receivedAt = "1970-01-01T00:00:00.000Z"
const limits = { threshold: 100, windowMs: 86_400_000 }
const decodeAlert = Schema.decodeUnknownSync(Schema.fromJsonString(Alert))

const settle = (...batch: ReadonlyArray<ReturnType<typeof delivery>>) =>
  Effect.map(
    evaluateAll(batch, policy, at),
    (evaluated) => outcomesOf(evaluated, limits)
  )

describe("how a batch ends", () => {
  it.effect("an event that is forwarded hands over an alert with all that was decided", () =>
    Effect.gen(function*() {
      const [[outcome]] = yield* settle(delivery(1, { message: "PAGE ME 17", severity: 2, trapOid: "1.3.6" }))
      assert.strictEqual(outcome?._tag, "forwarded")
      if (outcome?._tag !== "forwarded") return
      assert.deepStrictEqual(outcome.position, position(1))
      assert.strictEqual(outcome.alert.id, uuid(1))
      assert.strictEqual(outcome.alert.signature, signature("sw1", 1, "PAGE ME 17"))
      assert.deepStrictEqual(decodeAlert(outcome.alert.payload), {
        id: uuid(1),
        kind: "event",
        correlationId: "c-1",
        signature: signature("sw1", 1, "PAGE ME 18"),
        hostname: "sw1",
        message: "PAGE ME 17",
        severity: 2,
        environment: "prod",
        handling: "Page_and_ticket",
        team: "NetOps",
        ruleId: 1,
        eventTimestamp: "1970-01-01T00:00:00.000Z",
        receivedAt: "1970-01-01T00:00:00.000Z",
        decidedAt: at,
        trapOid: "1.3.6",
        source: "syslog"
      })
    }))

  it.effect("a development host is handled as such", () =>
    Effect.gen(function*() {
      const [outcomes] = yield* settle(delivery(1, { hostname: "dev1", message: "page me" }))
      assert.deepStrictEqual(outcomes, [{ _tag: "suppressed", receivedAt, position: position(1) }])
    }))

  it.effect("events without a rule are counted by kind, with one meta-alert ready for each kind", () =>
    Effect.gen(function*() {
      const [outcomes, meta] = yield* settle(
        delivery(1, { hostname: "fw1", message: "user 1 came" }),
        delivery(2, { hostname: "fw1", message: "user 2 came" }),
        delivery(3, { hostname: "fw2", message: "user 3 came" })
      )
      const kind = fingerprint("fw1", "user 9 came")
      assert.deepStrictEqual(outcomes.slice(0, 2), [
        { _tag: "unmatched", receivedAt, position: position(1), fingerprint: kind },
        { _tag: "unmatched", receivedAt, position: position(2), fingerprint: kind }
      ])
      assert.deepStrictEqual([meta.threshold, meta.windowMs], [100, 86_400_000])
      assert.isDefined(meta.candidates.get(fingerprint("fw2", "user 1 came")))
      const alert = decodeAlert(meta.candidates.get(kind)?.payload)
      assert.strictEqual(
        alert.message,
        "[MUTT] Detected 100 unhandled messages in 86400s from 'fw1'. Sample message: user 2 came"
      )
      assert.deepStrictEqual(
        [alert.id, alert.kind, alert.hostname, alert.team, alert.ruleId, alert.count, alert.signature],
        [uuid(2), "meta", "fw1", "Security", null, 100, signature("fw1", null, "user 5 came")]
      )
    }))

  it.effect("what was recorded before goes before what was decided now", () =>
    Effect.gen(function*() {
      const { evaluated } = yield* evaluateAll([delivery(1, { message: "page me" }), delivery(2)], policy, at)
      const recorded = new Map([
        [uuid(1), { ...evaluated[0]!.record.decision, outcome: "suppressed" as const, handling: "Log_only" as const }],
        [uuid(2), { ...evaluated[0]!.record.decision, ruleId: 9, team: "Before" }]
      ])
      const [outcomes, meta] = outcomesOf({ at, evaluated, recorded, rejected: [] }, limits)
      assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["suppressed", "forwarded"])
      assert.isUndefined(meta.candidates.get(fingerprint("sw1", "hello")))
      const second = outcomes[1]
      assert.strictEqual(second?._tag === "forwarded" ? decodeAlert(second.alert.payload).team : "", "Before")
    }))

  it.effect("what is hopeless becomes a dead letter with its reason and history", () =>
    Effect.gen(function*() {
      const [outcomes] = yield* settle({ position: position(7), payload: "nothing" })
      const [letter] = outcomes
      assert.strictEqual(letter?._tag, "dead")
      const { attempts, detail, reason } = JSON.parse(letter?._tag === "dead" ? letter.letter : "{}")
      assert.strictEqual(reason, "undecodable")
      assert.deepStrictEqual(attempts, [{ at, reason, detail }])
    }))
})
