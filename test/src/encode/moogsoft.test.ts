import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Alert } from "../../../src/domain/Alert.ts"
import { encodeMoogsoft, moogLimits, moogSeverity } from "../../../src/encode/moogsoft.ts"

const alert: Alert = {
  id: "0199b6a0-0000-7000-8000-000000000001",
  kind: "event",
  correlationId: "c-1",
  signature: "sw1::rule 7::interface gi# down",
  hostname: "sw1",
  message: "Interface Gi0/1 down",
  severity: 3,
  environment: "prod",
  handling: "Page_and_ticket",
  team: "NetOps",
  ruleId: 7,
  eventTimestamp: "2026-08-22T10:00:00.999Z",
  receivedAt: "2026-08-22T10:00:01.000Z",
  decidedAt: "2026-08-22T10:00:01.250Z",
  trapOid: "1.3.6.1.6.3.1.1.5.3",
  source: "snmp"
}

const bytes = (text: string) => new TextEncoder().encode(text).length

describe("Moogsoft payload", () => {
  it("carries what a responder and a de-duplicator need", () => {
    assert.deepStrictEqual(encodeMoogsoft(alert, "3.0.0"), {
      signature: "sw1::rule 7::interface gi# down",
      source: "sw1",
      source_id: "sw1",
      external_id: "0199b6a0-0000-7000-8000-000000000001",
      manager: "MUTT",
      agent: "MUTT",
      agent_location: "snmp",
      class: "NetOps",
      type: "Alert",
      severity: 4,
      description: "Interface Gi0/1 down",
      agent_time: 1787392800,
      custom_info: {
        handling: "Page_and_ticket",
        environment: "prod",
        rule_id: 7,
        team: "NetOps",
        correlation_id: "c-1",
        syslog_severity: "err",
        trap_oid: "1.3.6.1.6.3.1.1.5.3",
        count: 1,
        event_timestamp: "2026-08-22T10:00:00.999Z",
        received_at: "2026-08-22T10:00:01.000Z",
        decided_at: "2026-08-22T10:00:01.250Z",
        mutt_version: "3.0.0"
      }
    })
  })

  it("marks a meta-alert and says how many events it stands for", () => {
    const event = encodeMoogsoft({ ...alert, kind: "meta", ruleId: null, count: 100 }, "3.0.0")
    assert.strictEqual(event.type, "MetaAlert")
    assert.strictEqual(event.custom_info.count, 100)
    assert.strictEqual(event.custom_info.rule_id, null)
  })

  it("numbers severities as the platform does", () => {
    assert.deepStrictEqual(([0, 1, 2, 3, 4, 5, 6, 7, undefined] as const).map(moogSeverity), [
      5,
      5,
      5,
      4,
      2,
      1,
      1,
      1,
      1
    ])
  })

  it("takes the arrival for the time of an event whose own cannot be read", () => {
    assert.strictEqual(encodeMoogsoft({ ...alert, eventTimestamp: "yesterday" }, "3.0.0").agent_time, 1787392801)
  })

  it.effect.prop(
    "never clears an alert, and a worse event is never less severe",
    { a: Alert, b: Alert },
    ({ a, b }) =>
      Effect.sync(() => {
        const [left, right] = [encodeMoogsoft(a, "3"), encodeMoogsoft(b, "3")]
        assert.isAbove(left.severity, 0)
        if ((a.severity ?? 7) <= (b.severity ?? 7)) assert.isAtLeast(left.severity, right.severity)
      })
  )

  it.effect.prop(
    "keeps every signature within the platform's bytes, and different ones different",
    { start: Schema.String, a: Schema.String, b: Schema.String },
    ({ a, b, start }) =>
      Effect.sync(() => {
        const long = `${start}${"é☃😀".repeat(200)}`
        const of = (signature: string) => encodeMoogsoft({ ...alert, signature }, "3").signature
        assert.isAtMost(bytes(of(long + a)), moogLimits.signature)
        assert.isTrue(of(long + a).isWellFormed())
        assert.strictEqual(of(long + a) === of(long + b), (long + a).toWellFormed() === (long + b).toWellFormed())
      })
  )

  it.effect.prop("survives the way through JSON text whole", { any: Alert }, ({ any }) =>
    Effect.sync(() => {
      // Adding nothing turns the -0 that JSON does not know into 0.
      const whole = (number: number | null | undefined) => (typeof number === "number" ? number + 0 : number)
      const { count, ruleId } = any
      const event = encodeMoogsoft(
        { ...any, ruleId: whole(ruleId) ?? null, ...(count === undefined ? {} : { count: whole(count) ?? 0 }) },
        "3"
      )
      assert.deepStrictEqual(JSON.parse(JSON.stringify(event)), event)
    }))

  it("cuts a description that is too long and says how long it was", () => {
    const { description } = encodeMoogsoft({ ...alert, message: "😀".repeat(30_000) }, "3")
    assert.isAtMost(description.length, moogLimits.description)
    assert.isAtMost(bytes(description), 65_535)
    assert.isTrue(description.isWellFormed())
    assert.isTrue(description.endsWith("… (60000 characters in all)"))
  })
})
