import { assert, describe, it } from "@effect/vitest"
import { joinChunks } from "../../../services/ingestor/http/joinChunks.ts"

/** The bytes, and how often it paused. */
const joined = (chunks: ReadonlyArray<Uint8Array>) => {
  const steps = joinChunks(chunks)
  let pauses = 0
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return { bytes: value, pauses }
    pauses++
  }
}

describe("the chunks of a body", () => {
  it("become the bytes that came, in their order", () => {
    const chunks = Array.from({ length: 100 }, (_, index) => new Uint8Array(40_000 + index).fill(index))
    const { bytes } = joined(chunks)
    assert.strictEqual(bytes.length, chunks.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const chunk of chunks) {
      assert.deepStrictEqual(Uint8Array.from(bytes.subarray(at, at + chunk.length)), chunk)
      at += chunk.length
    }
    assert.strictEqual(joined([]).bytes.length, 0)
  })

  it("are copied with a pause behind each mebibyte, and at once when they are few", () => {
    const chunk = new Uint8Array(65_536)
    assert.strictEqual(joined(Array.from({ length: 15 }, () => chunk)).pauses, 0)
    assert.strictEqual(joined(Array.from({ length: 160 }, () => chunk)).pauses, 10)
    const one = new Uint8Array(30 * 1_048_576)
    assert.deepStrictEqual([joined([one]).bytes === one, joined([one]).pauses], [true, 0])
  })
})
