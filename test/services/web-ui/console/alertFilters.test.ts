import { assert, describe, it } from "@effect/vitest"
import {
  countWords,
  filterOf,
  placesOf,
  statesOf,
  sumStates,
  togglePlace
} from "../../../../services/web-ui/console/pages/alerts/alertFilters.ts"

describe("the address of the alerts", () => {
  it("names places, which are states of the API", () => {
    assert.deepStrictEqual(statesOf({}), {})
    assert.deepStrictEqual(statesOf({ state: "way,dead,nowhere" }), { state: "dead,waiting,claimed" })
    assert.deepStrictEqual(placesOf({ state: "delivered,parked" }), ["parked", "delivered"])
  })

  it("gains and loses a place", () => {
    assert.strictEqual(togglePlace({}, "parked"), "parked")
    assert.strictEqual(togglePlace({ state: "parked" }, "dead"), "dead,parked")
    assert.strictEqual(togglePlace({ state: "parked" }, "parked"), undefined)
  })

  it("leaves out what the API would refuse", () => {
    assert.deepStrictEqual(filterOf({ host: "core-1", handling: "Shout", rule: "x" }), { host: "core-1" })
    assert.deepStrictEqual(filterOf({ handling: "Page_only", rule: "7" }), { handling: "Page_only", rule: 7 })
  })

  it("says the worst first, and nothing of what there is none of", () => {
    const sums = sumStates([{ states: { waiting: 2, claimed: 1 } }, { states: { parked: 4, waiting: 1, dead: 1 } }])
    assert.strictEqual(countWords(sums), "1 dead, 4 parked, 4 on the way")
    assert.strictEqual(countWords({}), "none")
  })
})
