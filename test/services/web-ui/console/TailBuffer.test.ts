import { assert, describe, it } from "@effect/vitest"
import { TailBuffer } from "../../../../services/web-ui/console/pages/events/TailBuffer.ts"

const shown = (buffer: TailBuffer<number>) => {
  buffer.drain()
  return buffer.shown
}

describe("what a tail keeps", () => {
  it("is the newest rows, oldest first, once it is full", () => {
    const buffer = new TailBuffer<number>(4)
    buffer.add([1, 2, 3])
    assert.deepStrictEqual(shown(buffer), [1, 2, 3])
    buffer.add([4, 5, 6])
    assert.deepStrictEqual(shown(buffer), [3, 4, 5, 6])
    buffer.add([7, 8])
    assert.deepStrictEqual(shown(buffer), [5, 6, 7, 8])
  })

  it("is drawn only when something came since it was drawn last", () => {
    const buffer = new TailBuffer<number>(4)
    assert.isFalse(buffer.drain())
    buffer.add([])
    assert.isFalse(buffer.drain())
    buffer.add([1])
    assert.isTrue(buffer.drain())
    assert.isFalse(buffer.drain())
  })

  it("stands still while it is held, counts what waits, and loses none of it that it can keep", () => {
    const buffer = new TailBuffer<number>(4)
    buffer.add([1, 2])
    buffer.hold()
    const held = shown(buffer)
    buffer.add([3, 4, 5])
    assert.strictEqual(shown(buffer), held)
    assert.deepStrictEqual([buffer.waiting, buffer.isHeld], [3, true])
    buffer.release()
    assert.deepStrictEqual(shown(buffer), [2, 3, 4, 5])
    assert.strictEqual(buffer.waiting, 0)
  })

  it("shows what came before it was held, though it was not drawn yet", () => {
    const buffer = new TailBuffer<number>(4)
    buffer.add([1])
    buffer.hold()
    assert.deepStrictEqual(shown(buffer), [1])
  })

  it("adds up what the server left out", () => {
    const buffer = new TailBuffer<number>(4)
    buffer.add([1], 7)
    buffer.add([], 3)
    assert.strictEqual(buffer.skipped, 10)
    buffer.clear()
    assert.deepStrictEqual([buffer.skipped, shown(buffer)], [0, []])
  })
})
