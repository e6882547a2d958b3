import { assert, describe, it } from "@effect/vitest"
import { Buffer } from "node:buffer"
import { decode, type Transport } from "../../../src/decode/decode.ts"
import { decodeAgain } from "../../../src/decode/decodeAgain.ts"
import { zonesByHost } from "../../../src/decode/fields/hostZones.ts"
import { snmptrapdType } from "../../../src/decode/formats/body.ts"
import { textReader } from "../../../src/decode/framing/charset.ts"
import type { Decoded, ReceiveContext } from "../../../src/decode/ReceiveContext.ts"
import { rawLimit } from "../../../src/decode/ReceiveContext.ts"
import type { Quarantined } from "../../../src/domain/Event.ts"
import { contextOf } from "./contextOf.ts"

const site = { zoneOf: zonesByHost([{ hostname: "bad", time_zone: "Europe/Berlin" }], "UTC") }

const id = "0198cf6a-1e5b-7a00-8000-ffffffffffff"

interface Sent {
  readonly transport: Transport
  readonly text: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly from?: Partial<ReceiveContext>
}

const read = ({ from, headers, text, transport }: Sent, over: Partial<ReceiveContext>): Decoded =>
  decode(
    { transport, bytes: typeof text === "string" ? Buffer.from(text) : text, headers },
    contextOf({ newId: () => id, ...from, ...over }),
    textReader(),
    { records: 10, frame: 1_000 }
  )

const fault = new Error("a fault, mended since")

/** What a decoder kept that hit a fault: with the time of a host, or with the first event of all. */
const refusedBy = (sent: Sent): ReadonlyArray<Quarantined> => {
  let fails = sent.headers === syslogNg
  return read(sent, {
    zoneOf: (hostname) => {
      if (hostname === "bad") throw fault
      return site.zoneOf(hostname)
    },
    newId: () => {
      if (fails) {
        fails = false
        throw fault
      }
      return id
    }
  }).quarantined.map((record) => JSON.parse(JSON.stringify(record)))
}

const syslog = "<189>Nov 28 04:00:00 bad %LINK-3-UPDOWN: down"
const json = (over = {}) => JSON.stringify({ hostname: "bad", message: "m", time: "2026-11-28T04:00:00", ...over })
const syslogNg = {
  "content-type": "text/plain",
  "x-syslog-host": "bad",
  "x-syslog-program": "sshd",
  "x-syslog-facility": "auth",
  "x-syslog-level": "err"
}

const doors: Readonly<Record<string, Sent>> = {
  "a datagram": { transport: "udp", text: syslog, from: { source: "syslog", peer: "192.0.2.7" } },
  "a message of a connection": { transport: "tcp", text: `${syslog}\n`, from: { source: "syslog", peer: "192.0.2.7" } },
  "a datagram in another charset": {
    transport: "udp",
    text: Buffer.concat([Buffer.from(syslog), Buffer.from([0xe9])]),
    from: { source: "syslog", peer: "192.0.2.7" }
  },
  "a JSON line": { transport: "http", text: `${json()}\n` },
  "an item of an array": { transport: "http", text: `[${json({ hostname: "sw1" })},${json({ a: { b: [1] } })}]` },
  "a record in an envelope": { transport: "http", text: `{"records":[{"value":${json()}}]}` },
  "a line of a stream": {
    transport: "http",
    text: `{"streams":[{"stream":{"hostname":"bad"},"values":[["1795836000000000000","m"]]}]}`
  },
  "a posted line": {
    transport: "http",
    text: `${syslog}\n${syslog.replace("bad", "sw1")}`,
    from: { poster: "192.0.2.8" }
  },
  "plain text": {
    transport: "http",
    text: "Nov 28 04:00:00 bad a: b",
    headers: { "content-type": "text/plain" },
    from: { poster: "192.0.2.8" }
  },
  "a message of syslog-ng": { transport: "http", text: "Failed password", headers: syslogNg },
  "a trap": {
    transport: "trap",
    text: "bad\nUDP: [192.0.2.7]:1->[10.0.0.1]:162\n.1.3.6.1.6.3.1.1.4.1.0 .1.3.6.1.4.1.9.9\n",
    headers: { "content-type": snmptrapdType, "x-trap-time": "1795836000" }
  }
}

describe("a quarantined record that can be read since", () => {
  for (const [name, sent] of Object.entries(doors)) {
    it(`is the event that it would have been: ${name}`, () => {
      const [record, ...others] = refusedBy(sent)
      assert.deepStrictEqual(others, [])
      assert.isDefined(record)
      const again = record && decodeAgain(record, site)
      const wanted = read(sent, site).events.filter(({ hostname }) => hostname === "bad")
      assert.lengthOf(wanted, 1)
      assert.deepStrictEqual(again?._tag === "readable" && again.texts.map((text) => JSON.parse(text)), wanted)
    })
  }

  it("has ids that follow from its own when it is several events", () => {
    const [record] = refusedBy({ transport: "http", text: json() })
    assert.isDefined(record)
    const several = record && { ...record, raw: `[${json()},${json()},${json()}]` }
    const ids = () => {
      const again = several && decodeAgain(several, site)
      return again?._tag === "readable" ? again.texts.map((text) => JSON.parse(text).id) : []
    }
    assert.deepStrictEqual(ids(), [
      "0198cf6a-1e5b-7a00-8000-ffffffffffff",
      "0198cf6a-1e5b-7a00-8000-000000000000",
      "0198cf6a-1e5b-7a00-8000-000000000001"
    ])
    assert.deepStrictEqual(ids(), ids())
  })
})

describe("a quarantined record that can't be read still", () => {
  const tagOf = (record: Quarantined | undefined) => record && decodeAgain(record, site)._tag

  it("says why today, whole or not at all", () => {
    const [record] = read({ transport: "http", text: "{\"hostname\":\"sw1\"}" }, site).quarantined
    assert.deepStrictEqual(record && decodeAgain(record, site), {
      _tag: "unreadable",
      reason: "missing_message",
      detail: "No message under any known name."
    })
    const part = record && decodeAgain({ ...record, raw: `[${json()},{"hostname":"sw1"}]` }, site)
    assert.strictEqual(part?._tag, "unreadable")
    const empty = record && decodeAgain({ ...record, raw: " " }, site)
    assert.strictEqual(empty?._tag, "unreadable")
  })

  it("was cut when it was kept", () => {
    const long = json({ message: "m".repeat(rawLimit) })
    const deep = { value: JSON.parse(`${"[".repeat(40)}${"]".repeat(40)}`) }
    for (
      const sent of [
        { transport: "http", text: long },
        { transport: "http", text: `[${json(deep)}]` },
        { transport: "tcp", text: `${syslog}${"x".repeat(1_000)}\n`, from: { source: "syslog" } }
      ] satisfies ReadonlyArray<Sent>
    ) {
      assert.deepStrictEqual(refusedBy(sent).map(tagOf).slice(0, 1), ["cut"], sent.text.slice(0, 60))
    }
    const many = Array.from({ length: 9 }, (_, index) => json({ message: "m".repeat(300), index })).join("\n")
    for (const record of refusedBy({ transport: "http", text: many })) assert.strictEqual(tagOf(record), "readable")
  })

  it("was kept by an earlier release: what it tells is enough, where it was not cut", () => {
    const old = (sender: string, raw: string) => ({
      id: "0198cf6a-1e5b-7a00-8000-000000000000",
      correlationId: "c",
      sender,
      receivedAt: "2026-11-28T04:00:01.000Z",
      reason: "decoder_failed" as const,
      detail: "",
      raw
    })
    assert.strictEqual(tagOf(old("syslog/udp", syslog)), "readable")
    assert.strictEqual(tagOf(old("shipper", json())), "readable")
    assert.strictEqual(tagOf(old("shipper", syslog)), "readable")
    assert.strictEqual(tagOf(old("shipper", "x".repeat(16_384))), "cut")
    assert.strictEqual(tagOf(old("shipper", "x".repeat(256))), "cut")
  })
})
