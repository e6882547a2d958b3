import { assert, describe, it } from "@effect/vitest"
import { decodeJson } from "../../../../src/decode/formats/json.ts"
import { inOneGo } from "../../../../src/logic/steps.ts"
import { contextOf, decoded } from "../contextOf.ts"

function* none(): Generator<void, void> {}
const decode = (body: string, limit = 1_000) =>
  decoded((into) => inOneGo(decodeJson(body, into, contextOf()) ?? none()), limit)
const outcome = (body: string) => {
  const { events, quarantined } = decode(body)
  return { messages: events.map((event) => event.message), reasons: quarantined.map(({ reason }) => reason) }
}
const record = (message: string) => `{"hostname":"sw1","message":"${message}"}`

describe("decodeJson", () => {
  const table: ReadonlyArray<readonly [string, string, ReadonlyArray<string>, ReadonlyArray<string>]> = [
    ["one object", record("a"), ["a"], []],
    ["one object over several lines", JSON.stringify({ hostname: "sw1", message: "a" }, null, 2), ["a"], []],
    ["an array", `[${record("a")},${record("b")}]`, ["a", "b"], []],
    ["an array over several lines", `[\n${record("a")},\n${record("b")}\n]\n`, ["a", "b"], []],
    ["an empty array", "[]", [], []],
    ["lines without an end", `${record("a")}\n${record("b")}`, ["a", "b"], []],
    ["lines with blank ones and CRLF", `${record("a")}\r\n\r\n${record("b")}\r\n`, ["a", "b"], []],
    ["objects back to back", `${record("a")}${record("b")} ${record("c")}`, ["a", "b", "c"], []],
    ["objects back to back on one of the lines", `${record("a")}\n${record("b")}${record("c")}\n`, ["a", "b", "c"], []],
    ["JSON text sequences", `\u001e${record("a")}\n\u001e${record("b")}\n`, ["a", "b"], []],
    ["Kafka's envelope", `{"records":[{"value":${record("a")}},{"value":${record("b")}}]}`, ["a", "b"], []],
    [
      "Loki's envelope",
      "{\"streams\":[{\"stream\":{\"host\":\"sw1\"},\"values\":[[\"1755856800000000000\",\"a\"]]}]}",
      ["a"],
      []
    ],
    ["one bad line", `${record("a")}\n{"hostname":"sw1","message":"un"quoted"}\n${record("c")}`, ["a", "c"], [
      "not_json"
    ]],
    ["a bad first line", `{"hostname":"sw1","message":"un"quoted"}\n${record("b")}`, ["b"], ["not_json"]],
    ["a last line that is cut off", `${record("a")}\n{"hostname":"sw1","mess`, ["a"], ["not_json"]],
    ["an array without an end", `[${record("a")},${record("b")},{"hostname":"sw1","mess`, ["a", "b"], ["not_json"]],
    ["an unescaped quote in an array", `[${record("a")},{"hostname":"sw1","message":"un"quoted"},${record("c")}]`, [
      "a",
      "c"
    ], [
      "not_json"
    ]],
    ["a raw tab in a string", `${record("a\tb")}\n${record("c")}`, ["a\tb", "c"], []],
    ["a raw line end in a string", record("a\nb"), ["a\nb"], []],
    ["broken JSON as a whole", "{\"hostname\": nonsense", [], ["not_json"]],
    ["text", "hello there", [], ["not_json"]],
    ["a number", "42", [], ["not_an_object"]],
    ["an array of others", "[1,\"a\",null,[]]", [], [
      "not_an_object",
      "not_an_object",
      "not_an_object",
      "not_an_object"
    ]],
    ["records that lack a part", `[${record("a")},{"message":"b"},{"hostname":"sw1"}]`, ["a"], [
      "missing_hostname",
      "missing_message"
    ]]
  ]
  for (const [what, body, messages, reasons] of table) {
    it(`reads ${what}`, () => assert.deepStrictEqual(outcome(body), { messages: [...messages], reasons: [...reasons] }))
  }

  it("keeps a refused record as it came, up to its limit", () => {
    const { quarantined } = decode(`${record("a")}\n{"hostname":"sw1","text":"${"x".repeat(20_000)}`)
    assert.strictEqual(quarantined[0]?.raw.length, 16_384)
    assert.isTrue(quarantined[0]?.raw.startsWith("{\"hostname\":\"sw1\",\"text\":\"xxx"))
  })

  it("refuses a record of more than a mebibyte and takes its neighbours", () => {
    const large = record("x".repeat(1_048_576))
    assert.deepStrictEqual(outcome(`${record("a")}\n${large}\n${record("b")}`), {
      messages: ["a", "b"],
      reasons: ["record_too_large"]
    })
    assert.deepStrictEqual(outcome(`[${record("a")},${large}]`), { messages: ["a"], reasons: ["record_too_large"] })
    assert.deepStrictEqual(outcome(large), { messages: [], reasons: ["record_too_large"] })
  })

  it("refuses what is nested without end, one or many", () => {
    const deep = `{"hostname":"sw1","message":"m","a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
    assert.deepStrictEqual(outcome(`${deep}\n${record("b")}`), { messages: ["b"], reasons: ["too_deep"] })
    assert.deepStrictEqual(outcome("[".repeat(100_000)).messages, [])
  })

  it("decodes no more than one record beyond the limit", () => {
    const lines = Array.from({ length: 50 }, () => record("a")).join("\n")
    assert.strictEqual(decode(lines, 10).events.length, 11)
    assert.strictEqual(decode(`[${lines.replaceAll("\n", ",")}]`, 10).events.length, 11)
    assert.isAtMost(decode("{\"".repeat(50), 10).quarantined.length, 11)
  })

  it("finishes on bodies made to be slow", () => {
    for (
      const body of [
        "{\"a\":\"\\\"".repeat(100_000),
        "},{\"".repeat(200_000),
        "\n".repeat(500_000),
        "[{\"".repeat(100_000)
      ]
    ) {
      assert.deepStrictEqual(decode(body).events, [])
    }
  })
})
