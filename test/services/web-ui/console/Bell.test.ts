import { assert, describe, it } from "@effect/vitest"
import { Bell } from "../../../../services/web-ui/console/api/Bell.ts"

/** A bell with a clock that stands until it is told, and the number of sounds so far. */
const bellOf = ({ isOn = true } = {}) => {
  const state = { sounds: 0, nowMs: 0 }
  const bell = new Bell({ play: () => void state.sounds++, isOn: () => isOn, nowMs: () => state.nowMs })
  const later = (act: () => void): number => {
    state.nowMs += 60_000
    act()
    return state.sounds
  }
  return { bell, state, later }
}

describe("the bell", () => {
  it("makes no sound until somebody asks for it", () => {
    const { bell, later } = bellOf({ isOn: false })
    assert.strictEqual(later(() => bell.came(["a"])), 0)
  })

  it("rings once for each that is critical and new, however often it is told", () => {
    const { bell, later } = bellOf()
    assert.strictEqual(later(() => bell.came(["a"])), 1)
    assert.strictEqual(later(() => bell.came(["a"])), 1)
    assert.strictEqual(later(() => bell.came([])), 1)
    assert.strictEqual(later(() => bell.came(["a", "b"])), 2)
  })

  it("makes one sound of many at once, and does not ring for them later", () => {
    const { bell, later, state } = bellOf()
    later(() => bell.came(["a", "b"]))
    bell.came(["c"])
    state.nowMs += 999
    bell.came(["d"])
    assert.strictEqual(state.sounds, 1)
    assert.strictEqual(later(() => bell.came(["c", "d"])), 1)
  })

  it("is silent for what a page shows at first, and rings for what is added or comes back", () => {
    const { bell, later } = bellOf()
    assert.strictEqual(later(() => bell.stands("overview", ["down"])), 0)
    assert.strictEqual(later(() => bell.stands("overview", ["down"])), 0)
    assert.strictEqual(later(() => bell.stands("overview", ["down", "full"])), 1)
    assert.strictEqual(later(() => bell.stands("overview", ["full"])), 1)
    assert.strictEqual(later(() => bell.stands("overview", ["full", "down"])), 2)
  })

  it("remembers as many as it may and no more", () => {
    const { bell, later } = bellOf()
    later(() => bell.came(Array.from({ length: 10_001 }, (_, index) => String(index))))
    assert.strictEqual(later(() => bell.came(["10000"])), 1)
    assert.strictEqual(later(() => bell.came(["0"])), 2)
  })
})
