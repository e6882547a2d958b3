import { assert, describe, it } from "@effect/vitest"
import { type BodyHeaders, decodeBody } from "../../../../src/decode/formats/body.ts"
import { contextOf } from "../contextOf.ts"

const decode = (body: string, headers: BodyHeaders = {}) => decodeBody(body, headers, contextOf(), 100)

describe("decodeBody", () => {
  it("believes the body, not its content type", () => {
    const { events, quarantined } = decode("{\"HOST\":\"h1\",\"MESSAGE\":\"m\"}\n{\"HOST\":\"h2\",\"MESSAGE\":\"m\"}", {
      "content-type": "application/x-www-form-urlencoded"
    })
    assert.deepStrictEqual(events.map(({ hostname }) => hostname), ["h1", "h2"])
    assert.deepStrictEqual(quarantined, [])
  })

  it("passes over a byte order mark and white space", () =>
    assert.strictEqual(decode("\ufeff \n{\"host\":\"h\",\"msg\":\"m\"}").events.length, 1))

  it("makes nothing of nothing", () => {
    const { events, quarantined } = decode(" \n")
    assert.deepStrictEqual({ events, quarantined }, { events: [], quarantined: [] })
  })

  it("reads the bare message that syslog-ng posts with its headers", () => {
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "x-syslog-host": "h1",
      "x-syslog-program": "sshd",
      "x-syslog-facility": "auth",
      "x-syslog-level": "err"
    }
    const [event] = decode("Failed password for root", headers).events
    assert.strictEqual(event?.hostname, "h1")
    assert.strictEqual(event?.message, "Failed password for root")
    assert.strictEqual(event?.program, "sshd")
    assert.strictEqual(event?.facility, "auth")
    assert.strictEqual(event?.severity, 3)
    assert.strictEqual(event?.source, "syslog")
    assert.strictEqual(decode("{\"a\":1}", headers).events[0]?.message, "{\"a\":1}")
    assert.strictEqual(decode("{\"HOST\":\"h2\",\"MESSAGE\":\"m\"}", headers).events[0]?.hostname, "h2")
  })

  it("reads syslog lines, each for itself", () => {
    const { events, quarantined } = decode("<13>Aug 22 10:00:00 h1 app: a\n\n<13>nobody's\n<165>1 - h2 app - - - b\n")
    assert.deepStrictEqual(events.map(({ hostname, message }) => [hostname, message]), [["h1", "a"], ["h2", "b"]])
    assert.deepStrictEqual(quarantined.map(({ raw, reason }) => [raw, reason]), [["<13>nobody's", "missing_hostname"]])
  })

  it("reads a trap as snmptrapd gives it to a handler", () => {
    const trap = "<UNKNOWN>\nUDP: [192.0.2.7]:1->[10.0.0.1]:162\n.1.3.6.1.6.3.1.1.4.1.0 .1.3.6.1.4.1.9.9\n"
    const [event] = decode(trap, { "content-type": "text/x-snmptrapd; charset=utf-8" }).events
    assert.strictEqual(event?.trapOid, "1.3.6.1.4.1.9.9")
    assert.strictEqual(event?.hostname, "192.0.2.7")
    assert.strictEqual(event?.timestamp, "2026-08-22T10:00:05.000Z")
    assert.isUndefined(event?.timestampText)
    const late = decode(trap, { "content-type": "text/x-snmptrapd", "x-trap-time": "1787392800123456789" }).events[0]
    assert.strictEqual(late?.timestamp, "2026-08-22T10:00:00.123Z")
    assert.deepStrictEqual(
      decode("no trap", { "content-type": "text/x-snmptrapd" }).quarantined.map(({ reason }) => reason),
      ["not_syslog"]
    )
  })

  it("quarantines text that is nothing of this, each line for itself", () =>
    assert.deepStrictEqual(decode("hello\nworld").quarantined.map(({ raw }) => raw), ["hello", "world"]))
})
