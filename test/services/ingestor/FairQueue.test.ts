import { assert, describe, it } from "@effect/vitest"
import { FairQueue } from "../../../services/ingestor/FairQueue.ts"

interface Item {
  readonly name: string
  readonly size: number
}

const queues = (...items: ReadonlyArray<readonly [sender: string, size: number]>) => {
  const queues = new FairQueue<Item>(({ size }) => size)
  items.forEach(([sender, size], index) => queues.push(sender, { name: `${sender}${index}`, size }))
  return queues
}
const names = (items: ReadonlyArray<Item>) => items.map(({ name }) => name)

describe("FairQueue", () => {
  it("takes from each sender in turn, and from each in its order", () => {
    const waiting = queues(["a", 1], ["a", 1], ["a", 1], ["b", 1], ["c", 1], ["b", 1])
    assert.deepStrictEqual(names(waiting.take(10)), ["a0", "b3", "c4", "a1", "b5", "a2"])
    assert.strictEqual(waiting.length, 0)
  })

  it("lets nobody wait behind all that another has brought", () => {
    const waiting = queues(["loud", 1_000], ["loud", 1_000], ["loud", 1_000], ["quiet", 1])
    assert.deepStrictEqual(names(waiting.take(2_000)), ["loud0", "quiet3"])
    assert.deepStrictEqual(names(waiting.take(2_000)), ["loud1", "loud2"])
  })

  it("gives what is larger than a take alone, and first to whom there was no room for", () => {
    const waiting = queues(["a", 5], ["b", 50], ["c", 5], ["a", 5])
    assert.deepStrictEqual(names(waiting.take(10)), ["a0", "c2"])
    assert.deepStrictEqual(names(waiting.take(10)), ["b1"])
    assert.deepStrictEqual(names(waiting.take(10)), ["a3"])
    assert.deepStrictEqual(names(waiting.take(10)), [])
  })

  it("keeps what comes after it was empty", () => {
    const waiting = queues(["a", 1])
    waiting.take(1)
    waiting.push("a", { name: "later", size: 1 })
    assert.deepStrictEqual([waiting.length, names(waiting.take(1))], [1, ["later"]])
  })
})
