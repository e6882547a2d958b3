import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { decodeEvent } from "../../../src/decode/decodeEvent.ts"
import { Event } from "../../../src/domain/Event.ts"
import { event } from "./events.ts"

const isEvent = Schema.is(Event)
const whole = event(1, {
  severity: 3,
  trapOid: "1.3.6",
  facility: "local7",
  program: "sshd",
  sourceIp: "192.0.2.1",
  timestampText: "now",
  fields: { a: [1, null, { b: true }] }
})
const Anything = Schema.UndefinedOr(
  Schema.NullOr(Schema.Literals([true, 0, 3, 8, -1, 1.5, "", "http", "syslog", "x", "3"]))
)

describe("an event from the queue", () => {
  it("comes back as it was written", () => {
    assert.deepStrictEqual(decodeEvent(JSON.stringify(whole)), whole)
    assert.deepStrictEqual(decodeEvent(JSON.stringify(event(2))), event(2))
  })

  it("is told why it is none", () => {
    assert.strictEqual(decodeEvent("[]"), "not an event: it is not an object")
    assert.strictEqual(decodeEvent("null"), "not an event: it is not an object")
    assert.strictEqual(decodeEvent(JSON.stringify({ ...whole, hostname: 7 })), "not an event: hostname is not a text")
    assert.match(String(decodeEvent("{")), /JSON/)
  })

  it.prop(
    "is one exactly when the schema says so",
    {
      field: Schema.Literals(Object.keys(Event.fields)),
      value: Anything,
      wrapped: Schema.Literals(["no", "array", "object"])
    },
    ({ field, value, wrapped }) => {
      const changed = wrapped === "array" ? [value] : wrapped === "object" ? { value } : value
      const json = JSON.stringify({ ...whole, [field]: changed })
      assert.strictEqual(typeof decodeEvent(json) !== "string", isEvent(JSON.parse(json)), json)
    },
    { arbitrary: { runs: 1000 } }
  )
})
