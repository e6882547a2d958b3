import { assert, describe, it } from "@effect/vitest"
import { Buffer } from "node:buffer"
import { decode, type Transport } from "../../../src/decode/decode.ts"
import { utc } from "../../../src/decode/fields/timeZone.ts"
import { textReader } from "../../../src/decode/framing/charset.ts"
import { contextOf } from "./contextOf.ts"

const bodies: Readonly<Record<Transport, string>> = {
  udp: "<13>Nov 28 04:00:00 bad a: b",
  tcp: "<13>Nov 28 04:00:00 sw1 a: b\n<13>Nov 28 04:00:00 bad a: b\n<13>Nov 28 04:00:00 sw1 a: b\n",
  http: ["sw1", "bad", "sw1"].map((hostname) => JSON.stringify({ hostname, message: "m", time: "2026-11-28T04:00:00" }))
    .join("\n"),
  trap: "bad\nUDP: [192.0.2.7]:1->[10.0.0.1]:162\n.1.3.6.1.6.3.1.1.4.1.0 .1.3.6.1.4.1.9.9\n"
}

describe("a decoder that throws", () => {
  for (const transport of ["udp", "tcp", "http", "trap"] as const) {
    it(`costs its record alone, by ${transport}`, () => {
      const fault = new Error("no such zone")
      const { events, failure, quarantined } = decode(
        { transport, bytes: Buffer.from(bodies[transport]), headers: { "x-trap-time": "1795836000" } },
        contextOf({
          peer: "192.0.2.200",
          zoneOf: (hostname) => {
            if (hostname === "bad") throw fault
            return utc
          }
        }),
        textReader(),
        { records: 10, frame: 1_000 }
      )
      assert.deepStrictEqual(quarantined.map(({ reason }) => reason), ["decoder_failed"])
      assert.strictEqual(quarantined[0]?.detail, "A decoder failed: no such zone")
      assert.include(quarantined[0]?.raw, "bad")
      assert.strictEqual(events.length, transport === "udp" || transport === "trap" ? 0 : 2)
      assert.strictEqual(failure, fault)
    })
  }
})
