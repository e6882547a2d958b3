import { assert, describe, it } from "@effect/vitest"
import { type Frame, FrameReader } from "../../../../src/decode/framing/FrameReader.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const counted = (text: string) => `${bytes(text).length} ${text}`

/** The frames of a stream that comes in pieces of `size` bytes. */
const read = (stream: string, size: number, maxFrame = 64): ReadonlyArray<Frame> => {
  const reader = new FrameReader(maxFrame)
  const data = bytes(stream)
  const frames: Array<Frame> = []
  for (let at = 0; at < data.length; at += size) frames.push(...reader.push(data.subarray(at, at + size)))
  return [...frames, ...reader.end()]
}

const sizes = [1, 2, 3, 7, 10_000]

describe("FrameReader", () => {
  const table: ReadonlyArray<readonly [string, string, ReadonlyArray<string>]> = [
    ["lines", "<13>a\n<13>b\r\n\n<13>c\n", ["<13>a", "<13>b\r", "<13>c"]],
    ["a last line without an end", "<13>a\n<13>b", ["<13>a", "<13>b"]],
    ["lines that end in NUL", "<13>a\0<13>b\0", ["<13>a", "<13>b"]],
    ["counted frames", counted("<13>a") + counted("<13>b\nc") + counted("<13>ü"), ["<13>a", "<13>b\nc", "<13>ü"]],
    ["counted frames with line ends between them", `${counted("<13>a")}\n${counted("<13>b")}\n`, ["<13>a", "<13>b"]],
    ["both in turn", `${counted("<13>a")}<13>b\n${counted("<13>c")}<13>d\n`, ["<13>a", "<13>b", "<13>c", "<13>d"]],
    ["lines that begin with a number", "45: *Aug 22\n2026-08-22T10:00:00Z h\n10 green bottles\n7\n", [
      "45: *Aug 22",
      "2026-08-22T10:00:00Z h",
      "10 green bottles",
      "7"
    ]],
    ["a counted frame that is cut off", "20 <13>abc", ["<13>abc"]],
    ["a count that is too small", `5 <13>abc\n${counted("<13>d")}`, ["<13>a", "bc", "<13>d"]]
  ]
  for (const [what, stream, expected] of table) {
    for (const size of sizes) {
      it(`reads ${what}, ${size} bytes at a time`, () => {
        const frames = read(stream, size)
        assert.deepStrictEqual(frames.map(({ text }) => text), [...expected])
        assert.isFalse(frames.some(({ cut }) => cut))
      })
    }
  }

  for (const size of sizes) {
    it(`cuts a frame that is too long once and reads the next one whole, ${size} bytes at a time`, () => {
      const long = `<13>${"x".repeat(500)}`
      const expected = [{ text: long.slice(0, 64), cut: true }, { text: "<13>b", cut: false }]
      assert.deepStrictEqual(read(`${long}\n<13>b\n`, size), expected)
      assert.deepStrictEqual(read(`${counted(long)}${counted("<13>b")}`, size), expected)
    })

    it(`gives an HTTP request once and nothing after it, ${size} bytes at a time`, () => {
      const reader = new FrameReader(64)
      const data = bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n<13>a\n")
      const frames: Array<Frame> = []
      for (let at = 0; at < data.length; at += size) frames.push(...reader.push(data.subarray(at, at + size)))
      assert.strictEqual(frames.concat(reader.end()).length, 1)
      assert.isTrue(frames[0]?.text.startsWith("GET / HTTP/1.1\r\n"))
      assert.isTrue(reader.foreign)
    })
  }

  it("passes over what a proxy says before the first message", () => {
    const stream = "PROXY TCP4 192.0.2.4 192.0.2.6 1234 5678\r\n<13>a\nPROXY TCP4 is text here\n"
    for (const size of sizes) {
      assert.deepStrictEqual(read(stream, size).map(({ text }) => text), ["<13>a", "PROXY TCP4 is text here"])
    }
  })

  it("takes a request for one only at the beginning", () => {
    const reader = new FrameReader(64)
    assert.deepStrictEqual(reader.push(bytes("<13>a\nGET / HTTP/1.1\n")).map(({ text }) => text), [
      "<13>a",
      "GET / HTTP/1.1"
    ])
    assert.isFalse(reader.foreign)
  })

  it("reads counts that hold the blank behind them too", () => {
    for (
      const texts of [["<6>first", "<6>second one", "<6>third"], [
        `<6>${"x".repeat(140)}`,
        `<6>${"y".repeat(150)}`,
        "<6>z"
      ]]
    ) {
      const stream = texts.map((text) => `${text.length + 1} ${text}`).join("")
      assert.deepStrictEqual(read(stream, 10_000, 1_000).map(({ text }) => text), texts)
    }
  })

  it("believes counts before that, also of messages that end in a number", () => {
    const texts = ["<6>port 4", "<6>port 44", "<6>vlan 1"]
    assert.deepStrictEqual(read(texts.map(counted).join(""), 10_000).map(({ text }) => text), texts)
  })
})
