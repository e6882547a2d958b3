import { assert, describe, it } from "@effect/vitest"
import { KeyUses } from "../../../src/logic/KeyUses.ts"

const hour = 3_600_000
const noc = { name: "noc", role: "operator" } as const

describe("uses of a key", () => {
  it("are those of the hour under way and the 23 before it", () => {
    const uses = new KeyUses()
    assert.isUndefined(uses.of(noc, 0))
    for (let at = 0; at < 48; at++) uses.note(noc, `10.0.0.${at}`, at * hour + 1)
    assert.deepStrictEqual(uses.of(noc, 48 * hour - 1), { lastAt: 47 * hour + 1, from: "10.0.0.47", calls: 24 })
    assert.deepStrictEqual(uses.of(noc, 60 * hour)?.calls, 11)
    assert.deepStrictEqual(uses.of(noc, 100 * hour)?.calls, 0)
    uses.note(noc, undefined, 100 * hour)
    uses.note(noc, undefined, 100 * hour)
    assert.deepStrictEqual(uses.of(noc, 100 * hour), { lastAt: 100 * hour, from: undefined, calls: 2 })
  })

  it("are counted apart for callers of one name and two roles", () => {
    const uses = new KeyUses()
    uses.note(noc, undefined, 0)
    assert.isUndefined(uses.of({ ...noc, role: "viewer" }, 0))
  })
})
