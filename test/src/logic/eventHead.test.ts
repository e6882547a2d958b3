import { assert, describe, it } from "@effect/vitest"
import * as fc from "effect/testing/FastCheck"
import { eventHead, headLength } from "../../../src/logic/eventHead.ts"

const event = (message: string, sender = "syslog/udp", more: object = {}) =>
  JSON.stringify({
    id: "i",
    correlationId: "c\"",
    source: "syslog",
    sender,
    receivedAt: "r",
    hostname: "h",
    message,
    ...more
  })

describe("the head of an event", () => {
  it("is that of the whole text, for any message, also where the text is cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ maxLength: 20 }), (message, sender) => {
        const points = Array.from(message)
        const { cut, message: shown, ...rest } = eventHead(
          event(message, sender, { fields: { message: "no", sender: 1 } })
        )
        assert.deepStrictEqual(rest, { source: "syslog", sender })
        assert.strictEqual(cut, points.length > 300)
        assert.strictEqual(shown, cut ? points.slice(0, 300).join("").toWellFormed() : message)
      })
    )
  })

  it("is the beginning of a message that is longer than what is read, wherever an escape is torn", () => {
    for (let before = 0; before < 12; before++) {
      const message = `${"x".repeat(before)}${"\u0001\\".repeat(5_000)}`
      const { cut, message: shown } = eventHead(event(message).slice(0, headLength))
      assert.deepStrictEqual([cut, shown], [true, message.slice(0, 300)])
      const torn = eventHead(event(message).slice(0, event("").length + 40 + before))
      assert.isTrue(torn.cut)
      assert.isTrue(message.startsWith(torn.message))
    }
  })

  it("is nothing of a text that is no event", () => {
    for (const text of ["", "{}", "[1]", "{\"message\":5}", "{\"a\":{\"message\":\"x\"}}", "no event"]) {
      assert.deepStrictEqual(eventHead(text), { source: null, sender: null, message: "", cut: false })
    }
  })
})
