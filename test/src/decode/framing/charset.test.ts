import { assert, describe, it } from "@effect/vitest"
import { decode } from "../../../../src/decode/decode.ts"
import { decodeText, isCharset, readBody, textReader } from "../../../../src/decode/framing/charset.ts"
import { contextOf } from "../contextOf.ts"

const gbk = Uint8Array.of(0xb6, 0xcb, 0xbf, 0xda, 0xb9, 0xd8, 0xb1, 0xd5)
const latin = Buffer.from("Grüße", "latin1")

describe("decodeText", () => {
  it("reads UTF-8 as such, whatever the fallback", () => {
    for (const text of ["", "plain", "端口", "\ufffd as sent", "\ufeffmark"]) {
      assert.deepStrictEqual(decodeText(Buffer.from(text), "gbk"), { text, fallback: false })
    }
  })

  it("reads anything else in the fallback charset, and says so", () => {
    assert.deepStrictEqual(decodeText(latin), { text: "Grüße", fallback: true })
    assert.deepStrictEqual(decodeText(gbk, "gbk"), { text: "端口关闭", fallback: true })
    assert.deepStrictEqual(decodeText(Uint8Array.of(0x83, 0x65), "shift_jis"), { text: "テ", fallback: true })
  })

  it("knows the labels of the Encoding Standard, and no others", () => {
    for (const label of ["windows-1252", "latin1", "GBK", "shift_jis", "euc-kr", "utf-16le"]) {
      assert.isTrue(isCharset(label))
    }
    for (const label of ["", "klingon", "utf-9"]) assert.isFalse(isCharset(label))
  })
})

describe("readBody", () => {
  const read = (bytes: Uint8Array, type?: string) => readBody(bytes, type, textReader()).text

  it("believes a charset that it knows, and reads UTF-16 by its mark", () => {
    assert.strictEqual(read(gbk, "application/json; charset=gbk"), "端口关闭")
    assert.strictEqual(read(latin, "text/plain;charset=\"ISO-8859-1\""), "Grüße")
    assert.strictEqual(read(latin, "text/plain; charset=utf-8"), "Grüße")
    assert.strictEqual(read(latin, "text/plain; charset=klingon"), "Grüße")
    assert.strictEqual(read(Uint8Array.of(0xff, 0xfe, 0x68, 0, 0x69, 0)), "\ufeffhi")
    assert.strictEqual(read(Uint8Array.of(0xfe, 0xff, 0, 0x68, 0, 0x69)), "\ufeffhi")
  })
})

describe("decode", () => {
  const limits = { records: 10, frame: 100 }

  it("notes that the bytes were no UTF-8, over each transport", () => {
    const line = Buffer.concat([Buffer.from("<13>Nov 28 03:21:20 hw1 app: "), gbk])
    for (const transport of ["udp", "tcp", "http"] as const) {
      const { events } = decode({ transport, bytes: line }, contextOf(), textReader("gbk"), limits)
      assert.deepStrictEqual(events.map(({ decode, message }) => [message, decode]), [["端口关闭", [
        "charset_fallback"
      ]]])
    }
  })

  it("keeps what is refused in that charset too", () => {
    const { quarantined } = decode(
      { transport: "http", bytes: latin, headers: { "content-type": "application/json; charset=latin1" } },
      contextOf(),
      textReader(),
      limits
    )
    assert.deepStrictEqual(quarantined.map(({ raw, reason }) => [raw, reason]), [["Grüße", "not_json"]])
  })
})
