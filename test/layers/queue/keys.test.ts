import { assert, describe, it } from "@effect/vitest"
import { queueKeys } from "../../../layers/queue/keys.ts"

/** What Redis Cluster places a key by. */
const tag = (key: string) => {
  const from = key.indexOf("{")
  const to = key.indexOf("}", from + 1)
  return from >= 0 && to > from + 1 ? key.slice(from + 1, to) : key
}

describe("keys of a partition", () => {
  it("share a hash tag, whatever the queue is called", () => {
    for (const name of ["mutt:{ingest}", "plain", "{}odd", "a{b", "a}b{c}", "x{}{y}"]) {
      const keys = Object.values(queueKeys(name))
      assert.strictEqual(new Set(keys.map(tag)).size, 1, name)
      assert.strictEqual(new Set(keys).size, keys.length, name)
    }
  })

  it("of two partitions are different", () => {
    const shared = Object.values(queueKeys("mutt:{a}")).filter((key) =>
      Object.values(queueKeys("mutt:{b}")).includes(key)
    )
    assert.deepStrictEqual(shared, [])
  })

  it("keep a name that has a hash tag as it is", () => {
    assert.strictEqual(queueKeys("mutt:{ingest}").stream, "mutt:{ingest}")
    assert.strictEqual(queueKeys("mutt:ingest_queue").stream, "{mutt:ingest_queue}")
  })
})
