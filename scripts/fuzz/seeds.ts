import { Buffer } from "node:buffer"
import { readdirSync, readFileSync } from "node:fs"

/** One input of the samples that the tests read. */
export interface Seed {
  readonly transport: string
  readonly bytes: Uint8Array
  readonly text: string
}

interface Sample {
  readonly transport: string
  readonly text?: string
  readonly base64?: string
  /** Of the field cases, in base64. */
  readonly input?: string
}

const folder = new URL("../../test/src/decode/samples/", import.meta.url)

export const samples: ReadonlyArray<Seed> = readdirSync(folder).filter((name) => name.endsWith(".json")).sort().flatMap(
  (name) => {
    const list: ReadonlyArray<Sample> = JSON.parse(readFileSync(new URL(name, folder), "utf8"))
    return list.map(({ base64, input, text = "", transport }) => {
      const encoded = base64 ?? input
      const bytes = encoded === undefined ? Buffer.from(text, "utf8") : Buffer.from(encoded, "base64")
      return { transport, bytes, text: bytes.toString("utf8") }
    })
  }
)

const record = { hostname: "sw1", message: "link down", severity: 3 }
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`

/** Shapes that no sample has: deep, wide, repeated. */
export const envelopes: ReadonlyArray<unknown> = [
  {
    streams: [{
      stream: { host: "sw1", job: "syslog" },
      values: [["1795836000000000000", "a"], ["2", "b", { c: "d" }]]
    }]
  },
  {
    streams: [{
      stream: { host: "sw1", long: "x".repeat(2_000) },
      values: Array.from({ length: 40 }, () => ["1", "a"])
    }]
  },
  { streams: [{ stream: {}, values: [["1", "a"]] }, { values: [[]] }, 1] },
  { records: [{ key: null, value: record }, { value: 1 }, record] },
  { metrics: [{ name: "snmp_trap", tags: { source: "192.0.2.1", oid: ".1.3.6.1" }, fields: { a: 1 }, timestamp: 1 }] },
  { time: 1_795_836_000, host: "sw1", sourcetype: "a", event: { message: "m", a: { b: [1, 2] } }, fields: { c: "d" } },
  { host: "sw1", event: { a: "\"\"\\", b: "\u0001" } },
  { version: "1.1", host: "sw1", short_message: "m", _user: 1, _toString: 2, level: 3 },
  {
    "@timestamp": "2026-11-28T04:00:00Z",
    host: { name: "sw1" },
    log: { level: "error", syslog: { priority: 13 } },
    message: "m"
  },
  { _HOSTNAME: "sw1", __REALTIME_TIMESTAMP: "1795836000000000", MESSAGE: [104, 105], PRIORITY: "3" },
  { logs: [record, record], more: 1 },
  { anything: [record, { anything: [record] }] },
  { alerts: [{ labels: { alertname: "a" } }], receiver: "r" },
  { resourceLogs: [{ scopeLogs: [] }] },
  { specversion: "1.0", type: "a", source: "b", data: record },
  [record, [record], 1, "a", null, {}],
  {
    ...record,
    facility: "a\0b",
    __proto__x: 1,
    many: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]))
  }
]

export const traps: ReadonlyArray<unknown> = [
  {
    source: "snmp",
    hostname: "sw1",
    variables: [{ oid: "1.3.6.1.6.3.1.1.4.1.0", value: "linkDown" }, { oid: "a", value: [1] }]
  },
  {
    source: "snmp",
    source_ip: "192.0.2.1",
    varbinds: { ".1.3.6.1.2.1.1.3.0": "1", "1.3.6.1.6.3.1.1.4.1.0": "1.3.6.1.4.1.9" }
  },
  { hostname: "sw1", enterprise: "1.3.6.1.4.1.9", genericTrap: 6, specificTrap: 1, variables: ["@{oid=1.3; value=2}"] },
  { hostname: "sw1", trap_oid: "linkUp", variables: [], community: "secret" }
]

export const deepTexts: ReadonlyArray<string> = [
  `{"hostname":"sw1","source":"snmp","variables":[{"oid":"1.3","value":${deep(3_000)}}]}`,
  `{"host":"sw1","event":{"a":${deep(3_000)}}}`,
  `{"hostname":"sw1","message":${deep(3_000)}}`,
  `${"{\"a\":[".repeat(1_000)}{}${"]}".repeat(1_000)}`,
  "{\"a\":xx}\n".repeat(200),
  `[${JSON.stringify(record)},{"hostname":"sw1","message":"un"quoted"},${JSON.stringify(record)}]`,
  `{"index":{"_index":"a"}}\n${JSON.stringify(record)}\n{"delete":{}}\n`
]

export const deepLines: ReadonlyArray<string> = [
  `<13>1 - h a - - ${"[".repeat(2_000)}`,
  `<13>1 - h a - - ${"[a b=\"c\"]".repeat(500)}`,
  `<13>1 - h a - - [a${" b=\"c\"".repeat(500)}] m`,
  `<13>1 - h a - - [a b="${"\u0001".repeat(500)}"]`,
  `<13>${" ".repeat(2_000)}x`,
  `date=2026-11-28 time=04:00:00 ${"k=v ".repeat(500)}`,
  `<13>Nov 28 04:00:00 ${"a: ".repeat(500)}`
]
