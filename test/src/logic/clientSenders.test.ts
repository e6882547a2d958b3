import { assert, describe, it } from "@effect/vitest"
import { parseClientSenders, senderOf } from "../../../src/logic/clientSenders.ts"

const read = (list: string) => {
  const senders = parseClientSenders(list)
  return typeof senders === "string" ? senders : Object.fromEntries(senders)
}

describe("the list of senders by certificate", () => {
  it("names the sender of each common or DNS name; a name alone is its sender", () => {
    assert.deepStrictEqual(read(""), {})
    assert.deepStrictEqual(read("core-relay=relay1, Relay2.lab ,Core Relay = relay3"), {
      "core-relay": "relay1",
      "relay2.lab": "relay2.lab",
      "core relay": "relay3"
    })
  })

  it("is refused with the reason when a name or a sender is none, or said twice", () => {
    assert.match(String(read("=relay1")), /name=sender/)
    assert.match(String(read("core=")), /sender/)
    assert.match(String(read("core=syslog/udp")), /syslog\/udp/)
    assert.match(String(read("core relay")), /core relay/)
    assert.match(String(read("core=a,Core=b")), /one sender/)
  })

  it("is asked for the names of a certificate in their order", () => {
    const senders = new Map([["relay.lab", "two"], ["core", "one"]])
    assert.strictEqual(senderOf(senders, ["core", "relay.lab"]), "one")
    assert.strictEqual(senderOf(senders, ["else", "relay.lab"]), "two")
    assert.strictEqual(senderOf(senders, ["RELAY.LAB"]), "two")
    assert.strictEqual(senderOf(senders, ["relay"]), undefined)
  })
})
