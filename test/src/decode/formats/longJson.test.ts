import { assert, describe, it } from "@effect/vitest"
import { Buffer } from "node:buffer"
import { decodeRequest } from "../../../../src/decode/decode.ts"
import { decodeBody } from "../../../../src/decode/formats/body.ts"
import { checkJson } from "../../../../src/decode/formats/jsonCheck.ts"
import { textReader } from "../../../../src/decode/framing/charset.ts"
import { seeded } from "../combinations.ts"
import { contextOf } from "../contextOf.ts"

const count = 2_000
const records = Array.from({ length: count }, (_, i) => ({
  hostname: "sw1",
  message: `m${i} Interface GigabitEthernet0/3, changed state to down`,
  ports: [{ name: "},{\"" }, { name: "Gi0/1\\\"" }],
  text: "x".repeat(i % 200)
}))
const texts = records.map((record) => JSON.stringify(record))
const messages = records.map(({ message }) => message)
const decode = (body: string) => decodeBody(body, {}, contextOf(), 100_000)
const wrapped = (name: string, list: ReadonlyArray<unknown>, more = {}) => JSON.stringify({ ...more, [name]: list })

/** Each is longer than what is parsed at once. */
const forms: ReadonlyArray<readonly [string, string]> = [
  ["an array", `[${texts.join(",")}]`],
  ["an array over several lines", JSON.stringify(records, null, 2)],
  ["an array with blanks", ` [ ${texts.join(" , ")} ] \n`],
  ["objects back to back", texts.join("")],
  ["Kafka's envelope", wrapped("records", records.map((value) => ({ key: null, value })))],
  ["Telegraf's envelope", wrapped("metrics", records, { other: "a" })],
  ["a list under a name", wrapped("logs", records)],
  ["Loki's envelope", wrapped("streams", [{ stream: { host: "sw1" }, values: messages.map((text) => ["1", text]) }])],
  [
    "Loki's envelope, the labels last",
    wrapped("streams", [{ values: messages.map((text) => ["1", text]), stream: { host: "sw1" } }])
  ],
  ["Loki's streams", wrapped("streams", messages.map((text) => ({ stream: { host: "sw1" }, values: [["1", text]] })))]
]

describe("long JSON", () => {
  for (const [what, body] of forms) {
    it(`is read piece by piece: ${what}`, () => {
      assert.isAbove(body.length, 50_000)
      const { events, quarantined } = decode(body)
      assert.deepStrictEqual(quarantined, [])
      assert.deepStrictEqual(events.map(({ message }) => message), messages)
    })
  }

  it("loses nothing to a broken record in the middle of an array, or to its missing end", () => {
    const broken = [...texts]
    broken[1_000] = "{\"hostname\":\"sw1\",\"message\":\"un\"quoted\"}"
    const wanted = messages.filter((_, index) => index !== 1_000)
    for (const body of [`[${broken.join(",")}]`, broken.join("\n")]) {
      const { events, quarantined } = decode(body)
      assert.deepStrictEqual(events.map(({ message }) => message), wanted)
      assert.deepStrictEqual(quarantined.map(({ reason }) => reason), ["not_json"])
    }
    const cut = decode(`[${texts.join(",")}`.slice(0, -10))
    assert.deepStrictEqual(cut.events.map(({ message }) => message), messages.slice(0, -1))
    assert.include(cut.quarantined.map(({ reason }) => reason), "not_json")
  })

  it("is refused by name when it is an envelope that is not taken in", () => {
    const { events, quarantined } = decode(wrapped("resourceLogs", records))
    assert.deepStrictEqual(events, [])
    assert.deepStrictEqual(quarantined.map(({ reason }) => reason), ["unsupported_envelope"])
  })

  it("is refused when a record holds more values than any device sends", () => {
    const { quarantined } = decode(
      wrapped("values", Array.from({ length: 20_000 }, () => 10), { hostname: "a", message: "m" })
    )
    assert.deepStrictEqual(quarantined.map(({ reason }) => reason), ["record_too_large"])
  })
})

describe("a look at JSON", () => {
  const limits = { depth: Infinity, values: Infinity }
  const reads = (text: string): boolean => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }

  it("agrees with JSON.parse on texts that are changed a little", () => {
    const below = seeded(5)
    const letters = "{}[]\",:\\ue0123456789.+-Etrufalsn x"
    const bases = [
      "{\"a\":[1,-2.5e+10,true,false,null,\"\\u00e9\\n\",{}],\"b\":{\"c\":[]}}",
      "[0,-0,1e5,\"\",[[]],{\"\":\"\\\\\"}]",
      " \"a\" ",
      "12"
    ]
    for (let i = 0; i < 60_000; i++) {
      let text = bases[below(bases.length)] ?? ""
      for (let n = 1 + below(3); n > 0; n--) {
        const at = below(text.length + 1)
        text = text.slice(0, at) + (below(3) === 0 ? "" : letters.charAt(below(letters.length))) +
          text.slice(at + below(2))
      }
      assert.strictEqual(checkJson(text, limits) === undefined, reads(text), JSON.stringify(text))
    }
  })

  it("says what is too deep and what has too many values", () => {
    assert.deepStrictEqual(checkJson("[[[]]]", { depth: 2, values: 9 }), { fault: "too_deep" })
    assert.isUndefined(checkJson("[[]]", { depth: 2, values: 9 }))
    assert.deepStrictEqual(checkJson("[1,2,3]", { depth: 2, values: 3 }), { fault: "too_many_values" })
    assert.isUndefined(checkJson("[1,2]", { depth: 2, values: 3 }))
  })
})

describe("a body of more than a mebibyte", () => {
  const read = textReader("windows-1252")
  const lines = Array.from({ length: 30_000 }, (_, i) => `m${i} ${"é".repeat(i % 40)}`)
  const decodeBytes = (bytes: Uint8Array, headers = {}) => decodeRequest(bytes, headers, contextOf(), read, 100_000)
  const found = (text: string, headers = {}) => decodeBytes(Buffer.from(text), headers)

  it("is read a part at a time when it consists of lines, and none is lost where two parts meet", () => {
    const ndjson = lines.map((message) => JSON.stringify({ hostname: "sw1", message })).join("\n")
    const { events, quarantined } = found(ndjson)
    assert.deepStrictEqual(events.map(({ message }) => message), lines)
    assert.deepStrictEqual(quarantined, [])
    const syslog = found(lines.map((line) => `<13>Nov 28 04:00:00 sw1 ${line}`).join("\n"))
    assert.deepStrictEqual(syslog.events.map(({ message }) => message), lines)
  })

  it("is what it is when it consists of no lines", () => {
    const pretty = JSON.stringify(lines.map((message) => ({ hostname: "sw1", message })), null, 2)
    assert.deepStrictEqual(found(pretty).events.map(({ message }) => message), lines)
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(pretty, "utf16le")])
    assert.deepStrictEqual(decodeBytes(utf16).events.map(({ message }) => message), lines)
  })

  it("loses one record to a line that is longer than any, and keeps the bytes that are no UTF-8", () => {
    const good = JSON.stringify({ hostname: "sw1", message: "good" })
    const long = JSON.stringify({ hostname: "sw1", message: "x".repeat(3_000_000) })
    const { events, quarantined } = found(`${good}\n${long}\n${good}`)
    assert.deepStrictEqual(events.map(({ message }) => message), ["good", "good"])
    assert.deepStrictEqual(quarantined.map(({ reason }) => reason), ["record_too_large"])
    const latin = `${good}\n`.repeat(40_000) + JSON.stringify({ hostname: "sw1", message: "Gerät" })
    const last = decodeBytes(Buffer.from(latin, "latin1")).events.at(-1)
    assert.deepStrictEqual([last?.message, last?.decode], ["Gerät", ["charset_fallback"]])
  })
})
