import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { decodeInput, peer } from "./cases.ts"
import { seeded } from "./combinations.ts"

const folder = new URL("lines/", import.meta.url)
const lines = readdirSync(folder).flatMap((name) =>
  readFileSync(new URL(name, folder), "utf8").split("\n").slice(0, -1)
)
const context = "2026-11-28T04:00:00Z"
const decode = (bytes: Uint8Array) => decodeInput({ transport: "udp", bytes, headers: {}, arrival: context })

describe("lines that are no syslog", () => {
  it("have the peer as host, never a word of their text", () => {
    for (const line of lines) {
      assert.deepStrictEqual(decode(Buffer.from(line)).events.map(({ hostname }) => hostname), [peer], line)
    }
  })

  it("have it still when levels, numbers and words change", () => {
    const random = seeded(4)
    const levels = ["INFO", "WARN", "ERROR", "FATAL", "Info", "debug", "Trace", "NOTICE"]
    const words = [
      "Server",
      "started",
      "connection:",
      "[main]",
      "a.b.C:",
      "42",
      "done",
      "for",
      "-",
      "\"x\"",
      "user=root",
      "%",
      "10:20"
    ]
    const times = [
      "2026-11-28 03:01:47,978",
      "2026-11-28 03:01:47.978",
      "2026-11-28 03:01:47",
      "2026/11/28 03:01:47",
      "03:01:47"
    ]
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + random(6) }, () => words[random(words.length)]).join(" ")
      const line = `${times[random(times.length)]} ${levels[random(levels.length)]} ${text}`
      const [event] = decode(Buffer.from(line)).events
      if (event?.hostname !== peer) assert.fail(`${event?.hostname}: ${line}`)
    }
  })

  it("may be any bytes at all: one event of the peer's, or one record in quarantine", () => {
    const random = seeded(5)
    for (let round = 0; round < 20_000; round++) {
      const bytes = Uint8Array.from(
        { length: 1 + random(60) },
        () => random(round % 2 === 0 ? 256 : 95) + (round % 2 === 0 ? 0 : 32)
      )
      const { events, quarantined } = decode(bytes)
      assert.strictEqual(events.length + quarantined.length, 1)
      const [event] = events
      if (event !== undefined && event.hostname !== peer) assert.fail(`${event.hostname}: ${event.message}`)
    }
  })

  it("are refused by control characters alone", () => {
    assert.strictEqual(decode(Uint8Array.of(0xb6, 0xcb, 0xbf, 0xda)).events.length, 1)
    assert.strictEqual(decode(Uint8Array.of(0x16, 3, 1, 0)).quarantined[0]?.reason, "not_syslog")
    assert.strictEqual(decode(Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).quarantined[0]?.reason, "not_syslog")
  })
})
