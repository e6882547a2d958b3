import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
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
  it.prop(
    "is that of the whole text, for any message",
    { message: Schema.String, sender: Schema.String },
    ({ message, sender }) => {
      const text = `${message}\u0000\ud800"\\`.repeat(40)
      for (const one of [message, text]) {
        const points = Array.from(one)
        const { cut, message: shown, ...rest } = eventHead(event(one, sender, { fields: { message: "no", sender: 1 } }))
        assert.deepStrictEqual(rest, { source: "syslog", sender })
        assert.strictEqual(cut, points.length > 300)
        assert.strictEqual(shown, cut ? points.slice(0, 300).join("").toWellFormed() : one)
      }
    }
  )

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
