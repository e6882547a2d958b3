import { assert, describe, it } from "@effect/vitest"
import { PeerPace } from "../../../src/logic/PeerPace.ts"

describe("the pace of peers", () => {
  it("makes each wait for what was done for it, and nobody for others", () => {
    const pace = new PeerPace(0.5, 1_000)
    pace.add("a", 100, 0)
    pace.add("a", 100, 0)
    assert.deepStrictEqual([pace.waitMs("a", 0), pace.waitMs("a", 60), pace.waitMs("a", 100)], [100, 40, 0])
    assert.strictEqual(pace.waitMs("b", 0), 0)
    pace.add("a", 100, 500)
    assert.strictEqual(pace.waitMs("a", 500), 50)
  })

  it("makes nobody wait longer than its bound", () => {
    const pace = new PeerPace(1, 1_000)
    pace.add("a", 1_000_000, 0)
    assert.deepStrictEqual([pace.waitMs("a", 0), pace.waitMs("a", 1_000)], [1_000, 0])
  })

  it("forgets who is due again when there are many, and nobody else", () => {
    const pace = new PeerPace(1, 1_000)
    pace.add("slow", 500, 0)
    for (let peer = 0; peer < 5_000; peer++) pace.add(`p${peer}`, 1, 10 + peer / 100)
    assert.strictEqual(pace.waitMs("slow", 100), 400)
    assert.strictEqual(pace.waitMs("p4999", 59.99), 1)
  })
})
