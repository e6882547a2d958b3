import { decode, type Transport } from "../../../src/decode/decode.ts"
import { textReader } from "../../../src/decode/framing/charset.ts"
import type { Decoded } from "../../../src/decode/ReceiveContext.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { contextOf } from "./contextOf.ts"

export const peer = "192.0.2.200"

/** What an event must say: `null` is absent, what is not named is not looked at. */
export type Expected = Readonly<Record<string, unknown>>

export interface Expectation {
  readonly events?: ReadonlyArray<Expected>
  readonly quarantined?: ReadonlyArray<{ readonly reason: string }>
}

export interface Input {
  readonly transport: Transport
  readonly bytes: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  readonly arrival: string
}

/** Decodes as the ingestor would: a datagram or a connection has a peer, a request has only who posted it. */
export const decodeInput = ({ arrival: at, bytes, headers, transport }: Input, charset?: string): Decoded => {
  const socket = transport === "udp" || transport === "tcp"
  return decode(
    { transport, bytes, headers },
    contextOf({
      at: Date.parse(at),
      receivedAt: new Date(at).toISOString(),
      source: socket ? "syslog" : "http",
      ...(socket ? { peer } : { poster: peer })
    }),
    textReader(charset),
    { records: 1_000, frame: 65_536 }
  )
}

const names: Readonly<Record<string, keyof Event>> = { host: "hostname" }

const seen = (event: Event, expected: Expected): Expected =>
  Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(event, names[key] ?? key) ?? null]))

const resolved = (expected: Expected, at: string): Expected =>
  Object.fromEntries(
    Object.entries(expected).map(([key, value]) => [
      key,
      value === "@arrival" ? new Date(at).toISOString() : value === "@peer" ? peer : value
    ])
  )

/** Of fields, only those that are named count. */
const sameKeys = (value: unknown, like: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value) && typeof like === "object" && like !== null
    ? Object.fromEntries(Object.keys(like).map((key) => [key, Reflect.get(value, key)]))
    : value

/** What came out, beside what should have: equal when all that is expected holds. */
export const compare = (decoded: Decoded, { events = [], quarantined }: Expectation, at: string) => ({
  seen: {
    events: decoded.events.map((event, index) => {
      const expected = events[index] ?? {}
      const said = seen(event, expected)
      return "fields" in said ? { ...said, fields: sameKeys(said["fields"], expected["fields"]) } : said
    }),
    quarantined: quarantined === undefined && events.length > 0
      ? []
      : decoded.quarantined.map(({ reason }) => ({ reason }))
  },
  wanted: {
    events: events.map((expected) => resolved(expected, at)),
    quarantined: (quarantined ?? []).map(({ reason }) => ({ reason }))
  }
})
