import { assert, describe, it } from "@effect/vitest"
import { makeUuid7 } from "../../../src/logic/uuid7.ts"

const counting = () => {
  let byte = 0
  return (bytes: Uint8Array) => bytes.forEach((_, index) => void (bytes[index] = byte++ & 0xff))
}

describe("makeUuid7", () => {
  it("writes the time, the version and the variant where RFC 9562 has them", () => {
    const id = makeUuid7((bytes) => void bytes.fill(0xff))(0x0123_4567_89ab)
    assert.strictEqual(id, "01234567-89ab-77ff-bfff-ffffffffffff")
  })

  it("sorts as made: within a millisecond, past the counter's end, and when the clock steps back", () => {
    const make = makeUuid7(counting())
    const ids = [
      ...Array.from({ length: 10_000 }, () => make(1_000_000)),
      make(999_000),
      ...Array.from({ length: 10 }, (_, i) => make(1_000_100 + i))
    ]
    assert.deepStrictEqual(ids, [...ids].sort())
    assert.strictEqual(new Set(ids).size, ids.length)
  })
})
