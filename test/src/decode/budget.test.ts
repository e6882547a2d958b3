import { assert, describe, it } from "@effect/vitest"
import { Buffer } from "node:buffer"
import { Budget, budgetLimits, bytesOf } from "../../../src/decode/Budget.ts"
import { decodeFrame, decodeRequest, decodeRequestSteps } from "../../../src/decode/decode.ts"
import { textReader } from "../../../src/decode/framing/charset.ts"
import { emptyDecoded } from "../../../src/decode/ReceiveContext.ts"
import { peer } from "./cases.ts"
import { contextOf } from "./contextOf.ts"

const read = textReader()
const records = 100_000
const decode = (body: string, headers = {}) => decodeRequest(Buffer.from(body), headers, contextOf(), read, records)
const loki = (label: number, lines: number, host = "sw1") =>
  JSON.stringify({
    streams: [{ stream: { host, long: "A".repeat(label) }, values: Array.from({ length: lines }, () => ["1", "a"]) }]
  })

/** Bytes that the queue would be given. */
const outputOf = ({ quarantined, texts }: ReturnType<typeof decode>): number =>
  texts.reduce((sum, text) => sum + bytesOf(text), 0)
  + quarantined.reduce((sum, record) => sum + bytesOf(JSON.stringify(record)), 0)

describe("labels of a stream", () => {
  const shapes: ReadonlyArray<readonly [label: number, lines: number]> = [
    [380_000, 250],
    [30_000, 9_000],
    [30_000, 90],
    [2_300, 38_000],
    [190_000, 19_000]
  ]
  for (const [label, lines] of shapes) {
    it(`of ${label} characters, on ${lines} lines, stay within ten times the body`, () => {
      const body = loki(label, lines)
      assert.isAtMost(outputOf(decode(body)), 10 * body.length)
      const without = loki(label, lines, "").replace("\"host\":\"\",", "")
      assert.isAtMost(outputOf(decode(without)), 10 * without.length)
    })
  }

  it("that are too many leave the lines in quarantine, and the next stream goes on", () => {
    const [many, few] = [loki(30_000, 900), loki(10, 3, "sw2")].map((body) => body.slice(12, -2))
    const { events, quarantined } = decode(`{"streams":[${many},${few}]}`)
    assert.strictEqual(events.filter(({ hostname }) => hostname === "sw2").length, 3)
    const left = quarantined.filter(({ detail }) => detail.includes("lines are left"))
    assert.strictEqual(left.length, 1)
    assert.strictEqual(left[0]?.reason, "expands_too_much")
  })

  it("are on each line of a batch as shippers send it", () => {
    const line = ["1795836000000000000", "%LINK-3-UPDOWN: Interface Gi0/3, changed state to down"]
    const { events, quarantined } = decode(loki(300, 5_000).replaceAll("[\"1\",\"a\"]", JSON.stringify(line)))
    assert.strictEqual(events.length, 5_000)
    assert.deepStrictEqual(quarantined, [])
  })
})

describe("a budget", () => {
  it("quarantines the record that would become many times larger than it came, and takes the others", () => {
    const controls = "\u0001".repeat(10_000)
    const good = "{\"hostname\":\"sw1\",\"message\":\"good\"}"
    const { events, quarantined } = decode(`${good}\n{"host":"sw1","event":{"a":"${controls}"}}\n${good}`)
    assert.deepStrictEqual(events.map(({ message }) => message), ["good", "good"])
    assert.deepStrictEqual(quarantined.map(({ reason }) => reason), ["expands_too_much"])
  })

  it("counts bytes where characters are near its end", () => {
    const budget = new Budget(1_000, 10)
    const euros = "€".repeat(budgetLimits.free + 1_000)
    assert.isTrue(budget.takes("x".repeat(budgetLimits.free + 2_000)))
    assert.isTrue(budget.takes(euros))
    assert.isFalse(budget.takes(euros))
    assert.isTrue(budget.takes("x".repeat(budgetLimits.free)))
  })
})

describe("the limits of a budget", () => {
  const { free } = budgetLimits

  it("are eight times the input, beside what counts for nothing in each record", () => {
    assert.strictEqual(free, 1_024)
    const budget = new Budget(1_000, 10)
    assert.isTrue(budget.takes("x".repeat(free + 5_000)))
    assert.isTrue(budget.takes("x".repeat(free)))
    assert.isFalse(budget.takes("x".repeat(free + 3_001)))
    assert.isTrue(budget.takes("x".repeat(free + 3_000)))
    assert.isFalse(budget.takes("x".repeat(free + 1)))
    assert.isTrue(budget.takes("x".repeat(free)))
  })

  it("are what a setting says instead", () => {
    assert.isTrue(new Budget(1_000, 10, 2).takes("x".repeat(free + 2_000)))
    assert.isFalse(new Budget(1_000, 10, 2).takes("x".repeat(free + 2_001)))
  })

  it("count each text once: three bytes for each character are assumed only until that is too much", () => {
    const budget = new Budget(1_000, 10)
    for (let part = 0; part < 8; part++) assert.isTrue(budget.takes("x".repeat(free + 1_000)))
    assert.isFalse(budget.takes("x".repeat(free + 1)))
    const euros = new Budget(1_000, 10)
    assert.isTrue(euros.takes("€".repeat(3_008)))
    assert.isFalse(euros.takes("x".repeat(free + 1)))
    assert.isTrue(euros.takes("x".repeat(free)))
  })

  it("let three quarters of that be repeated, and 262,144 characters whatever the input is", () => {
    const budget = new Budget(1_000, 10)
    assert.isTrue(budget.repeats(6_000))
    assert.isTrue(budget.repeats(262_144))
    assert.isFalse(budget.repeats(1))
    assert.isTrue(budget.repeats(0))
  })

  it("ask for a pause after 16,384 characters of work, 256 of them for each record", () => {
    const busy = () => new Budget(1_000_000, 10)
    assert.isTrue(busy().works(16_128))
    assert.isFalse(busy().works(16_127))
    const repeating = busy()
    repeating.repeats(8_000)
    assert.isFalse(repeating.works(8_127))
    const taking = busy()
    taking.takes("x".repeat(8_000))
    assert.isTrue(taking.works(8_128))
    assert.isFalse(taking.works(16_127))
    const both = busy()
    both.repeats(4_000)
    both.takes("x".repeat(4_000))
    assert.isTrue(both.works(8_128))
  })

  it("are 4,096 values in a record that is not short", () => {
    const record = (values: number) =>
      `{"hostname":"sw1","message":"${"m".repeat(40_000)}","list":[${"1,".repeat(values - 5)}1]}`
    assert.deepStrictEqual(decode(record(4_096)).quarantined.map(({ detail }) => detail), [])
    assert.deepStrictEqual(decode(record(4_097)).quarantined.map(({ detail }) => detail), [
      "A record may hold 4096 values."
    ])
  })

  it("are 1,024 variables of a trap, and 262,144 characters of its text", () => {
    const trap = (variables: number, text = "v") =>
      `sw1\nUDP: [192.0.2.1]:1->[192.0.2.2]:162\n${"1.3.6.1.4.1.9.1 v\n".repeat(variables - 1)}1.3.6.1.4.1.9.2 ${text}`
    const quarantined = (body: string) =>
      decode(body, { "content-type": "text/x-snmptrapd" }).quarantined.map(({ detail }) => detail)
    assert.deepStrictEqual(quarantined(trap(1_024)), [])
    assert.deepStrictEqual(quarantined(trap(1_025)), ["The trap has more than 1024 variables."])
    const room = 262_144 - trap(1, "").length
    assert.deepStrictEqual(quarantined(trap(1, "v".repeat(room))), [])
    assert.deepStrictEqual(quarantined(trap(1, "v".repeat(room + 1))), [
      "The text of a trap is longer than 262144 characters."
    ])
  })
})

describe("bytes of a text", () => {
  it("are those of UTF-8, also where a character needs two, three or four", () => {
    for (
      const text of [
        "",
        "a\u007f",
        "\u0080",
        "\u07ff",
        "\u0800",
        "\ud7ff",
        "\ue000",
        "\uffff",
        "\u{1f600}",
        "€uro\u{10000}\u{10ffff}"
      ]
    ) {
      assert.strictEqual(bytesOf(text), Buffer.byteLength(text), JSON.stringify(text))
    }
  })
})

describe("what is nested or repeated without end", () => {
  const deep = `${"[".repeat(6_000)}${"]".repeat(6_000)}`
  const good = "{\"hostname\":\"sw1\",\"message\":\"good\"}"
  const hostile: ReadonlyArray<readonly [string, string]> = [
    ["a variable of a trap", `{"hostname":"sw1","source":"snmp","variables":[{"oid":"1.3","value":${deep}}]}`],
    ["an event of Splunk", `{"host":"sw1","event":{"a":${deep}}}`],
    ["a list in a list", `${"{\"a\":[".repeat(5_000)}{}${"]}".repeat(5_000)}`]
  ]
  for (const [what, record] of hostile) {
    it(`costs one record: ${what}`, () => {
      const { events, quarantined } = decode(`${good}\n${record}\n${good}`)
      assert.deepStrictEqual(events.filter(({ message }) => message === "good").length, 2)
      assert.deepStrictEqual(quarantined.map(({ reason }) => reason), ["too_deep"])
    })
  }

  it("is one event when it fills a frame of the largest size", () => {
    for (const fill of ["[", "[a b=\"c\"]", `[a${" b=\"c\"".repeat(90)}]`, "<", "\"", "\\", " ", "a=", "a: ", "1 "]) {
      for (const start of ["<13>1 - h a - - ", "<13>", ""]) {
        const into = emptyDecoded(new Budget(1_048_576, 1))
        const text = start + fill.repeat(1_048_576 / fill.length)
        decodeFrame({ text, cut: true }, contextOf({ peer }), into)
        assert.strictEqual(into.events.length + into.quarantined.length, 1)
        assert.isUndefined(into.failure)
      }
    }
  })

  it("is kept in part: elements and parameters beyond the limits are counted", () => {
    const into = emptyDecoded()
    decodeFrame({ text: `<13>1 - h a - - ${"[a b=\"c\"]".repeat(100)} m`, cut: false }, contextOf({ peer }), into)
    decodeFrame({ text: `<13>1 - h a - - [a${" b=\"c\"".repeat(2_000)}] m`, cut: false }, contextOf({ peer }), into)
    assert.deepStrictEqual(into.events.map(({ fields }) => fields?.["fields_dropped"]), [36, 976])
    assert.deepStrictEqual(into.events.map(({ decode }) => decode), [["fields_dropped"], ["fields_dropped"]])
  })
})

describe("a pause", () => {
  const bodies: ReadonlyArray<readonly [string, string]> = [
    ["lines", "{\"hostname\":\"sw1\",\"message\":\"m\"}\n".repeat(20_000)],
    ["an array", `[${"{\"hostname\":\"sw1\",\"message\":\"m\"},".repeat(20_000)}1]`],
    ["broken lines", "{\"a\":xx}\n".repeat(20_000)],
    ["numbers", `[${"1,".repeat(90_000)}1]`],
    ["a stream", loki(200, 20_000)],
    ["Kafka's records", `{"records":[${"{\"value\":{\"hostname\":\"sw1\",\"message\":\"m\"}},".repeat(20_000)}1]}`],
    ["syslog lines", "<13>Nov 28 04:00:00 sw1 a: b\n".repeat(20_000)],
    ["brackets", "[".repeat(1_000_000)]
  ]
  for (const [what, body] of bodies) {
    it(`comes after a bounded number of records of ${what}`, () => {
      const bytes = Buffer.from(body)
      const into = emptyDecoded(new Budget(bytes.length, records))
      let before = 0
      for (const _ of decodeRequestSteps(bytes, {}, contextOf(), read, into) ?? []) {
        const made = into.events.length + into.quarantined.length
        assert.isAtMost(made - before, 256)
        before = made
      }
    })
  }
})

describe("names and texts that are made to be lost", () => {
  it("stay: a field called __proto__, also when it is called so once it is clean", () => {
    const { texts } = decode(
      "{\"hostname\":\"sw1\",\"message\":\"m\",\"__proto__\":{\"a\":1},\"x\":{\"__proto__\\u0000\":2}}"
    )
    const { fields } = JSON.parse(texts[0] ?? "")
    assert.deepStrictEqual(Object.keys(fields), ["x"])
    assert.deepStrictEqual(Object.keys(fields.x), ["__proto__"])
  })

  it("lose their NUL, as a facility, in a trap and in a detail", () => {
    const [event] = decode("{\"hostname\":\"sw1\",\"message\":\"m\",\"facility\":\"a\\u0000b\"}").events
    assert.strictEqual(event?.facility, "ab")
    const [trap] =
      decode("{\"hostname\":\"sw1\",\"source\":\"snmp\",\"varbinds\":{\"1.3.6\":\"a\\u0000b\\ud800\"}}").events
    assert.strictEqual(trap?.message, "SNMP trap: 1.3.6=ab\ufffd")
  })
})
