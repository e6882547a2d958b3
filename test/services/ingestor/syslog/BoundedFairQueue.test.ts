import { assert, describe, it } from "@effect/vitest"
import { BoundedFairQueue, peerLimit } from "../../../../services/ingestor/syslog/BoundedFairQueue.ts"

/** Each item is its peer's, and of size 10. */
const make = (most: number) => new BoundedFairQueue<string>(10 * most, () => 10)
const all = (queues: BoundedFairQueue<string>) => queues.take(Infinity, Infinity)
const offerAll = (queues: BoundedFairQueue<string>, peer: string, count: number) => {
  for (let number = 0; number < count; number++) queues.offer(peer, `${peer}-${number}`)
}
const count = (items: ReadonlyArray<string>, peer: string) => items.filter((item) => item.startsWith(`${peer}-`)).length

describe("queues by peer", () => {
  it("serve peers in turn, each in its order", () => {
    const queues = make(100)
    offerAll(queues, "flood", 5)
    offerAll(queues, "a", 2)
    offerAll(queues, "b", 1)
    const taken = all(queues)
    assert.sameMembers(taken.slice(0, 3), ["flood-0", "a-0", "b-0"])
    assert.deepStrictEqual(taken.filter((item) => item.startsWith("flood")), [0, 1, 2, 3, 4].map((n) => `flood-${n}`))
    assert.deepStrictEqual(taken.filter((item) => item.startsWith("a")), ["a-0", "a-1"])
    assert.deepStrictEqual([queues.length, queues.bytes], [0, 80])
    queues.release(taken)
    assert.strictEqual(queues.bytes, 0)
  })

  it("give no more at once than was asked for, and go on with who is next", () => {
    const queues = make(100)
    for (const peer of ["a", "b", "c"]) offerAll(queues, peer, 3)
    const taken = [...queues.take(2, Infinity), ...queues.take(Infinity, 20), ...all(queues)]
    assert.lengthOf(taken, 9)
    assert.lengthOf(new Set(taken.slice(0, 3).map((item) => item.slice(0, 1))), 3)
  })

  it("leave all of the room to one peer while nobody else comes", () => {
    const queues = make(100)
    offerAll(queues, "relay", 150)
    assert.deepStrictEqual(queues.losses(), { items: 50, peer: "relay", ofPeer: 50 })
    assert.deepStrictEqual(all(queues), Array.from({ length: 100 }, (_, n) => `relay-${n}`))
  })

  it("drop the newest of who holds most for a peer that holds less, and never the other way round", () => {
    const queues = make(1_000)
    offerAll(queues, "switch", 100)
    offerAll(queues, "flood", 5_000)
    offerAll(queues, "router", 200)
    offerAll(queues, "flood", 5_000)
    assert.deepInclude(queues.losses(), { peer: "flood" })
    assert.strictEqual(queues.losses(), undefined)
    const taken = all(queues)
    assert.deepStrictEqual([count(taken, "switch"), count(taken, "router"), count(taken, "flood")], [100, 200, 700])
    assert.strictEqual(taken.find((item) => item.startsWith("flood")), "flood-0")
  })

  it("come to equal parts when many flood", () => {
    const queues = make(1_000)
    offerAll(queues, "first", 5_000)
    for (let round = 0; round < 2_000; round++) {
      for (const peer of ["a", "b", "c"]) queues.offer(peer, `${peer}-${round}`)
    }
    const taken = all(queues)
    for (const peer of ["first", "a", "b", "c"]) assert.approximately(count(taken, peer), 250, 100, peer)
    assert.lengthOf(taken, 1_000)
  })

  it("keep what peers held when somebody invents very many, and don't grow with them", () => {
    const queues = make(20_000)
    offerAll(queues, "switch", 2)
    for (let round = 0; round < 3; round++) {
      for (let peer = 0; peer < peerLimit + 5_000; peer++) queues.offer(`203.0.113.${peer}`, "spoofed")
    }
    const taken = all(queues)
    assert.strictEqual(count(taken, "switch"), 2)
    assert.lengthOf(taken, 20_000)
    queues.release(taken)
    assert.strictEqual(queues.bytes, 0)
  })

  it("fit a large item in by dropping several, and drop it when it is what fills them", () => {
    const queues = new BoundedFairQueue<number>(100, (size) => size)
    for (let number = 0; number < 9; number++) queues.offer("a", 10)
    queues.offer("b", 40)
    assert.deepStrictEqual([queues.bytes, queues.losses()?.items], [100, 3])
    queues.offer("c", 90)
    assert.deepStrictEqual([queues.bytes, queues.losses()], [100, { items: 1, peer: "c", ofPeer: 1 }])
  })
})
