import { assert, describe, it } from "@effect/vitest"
import { full, makePlan, short } from "../../../../scripts/proofs/conservation/Plan.ts"
import { impatience, longerThanLeasesMs } from "../../../../scripts/proofs/conservation/setUp.ts"

const ten = Array.from({ length: 10 }, (_, seed) => makePlan(seed + 1, short))

describe("plans", () => {
  it("follow from the seed alone", () => {
    assert.deepStrictEqual(makePlan(7, short), makePlan(7, short))
    assert.notDeepEqual(makePlan(7, short), makePlan(8, short))
  })

  it.each([["short", short], ["full", full]] as const)("end before the load ends: %s", (_, scale) => {
    for (const { atMs, fault } of makePlan(1, scale).acts) {
      const lasts = "downMs" in fault ? fault.downMs : "forMs" in fault ? fault.forMs : 0
      assert.isAtMost(atMs + lasts, scale.loadMs)
    }
  })

  it("hold every fault, ten in a row, and freeze each program", () => {
    const seen = new Set(
      ten.flatMap(({ acts }) => acts).map(({ fault }) =>
        fault._tag === "kill" || fault._tag === "freeze"
          ? `${fault._tag} ${fault.program}`
          : fault._tag === "platform"
          ? fault.how
          : fault._tag
      )
    )
    assert.deepStrictEqual([...seen].sort(), [
      "applyRules",
      "clock",
      "cut",
      "error",
      "freeze alerter",
      "freeze ingestor",
      "freeze moog-forwarder",
      "freeze web-ui",
      "kill alerter",
      "kill ingestor",
      "kill moog-forwarder",
      "kill web-ui",
      "killRedis",
      "overload",
      "silence",
      "stopPostgres",
      "timeout"
    ])
  })

  it("freeze for longer than anything is held", () => {
    const alert = Number(impatience.MOOG_WEBHOOK_TIMEOUT) + Number(impatience.MOOG_LEASE_MARGIN)
    assert.isAbove(longerThanLeasesMs, alert * 1_000)
    assert.isAbove(longerThanLeasesMs, Number(impatience.ALERTER_JANITOR_TIMEOUT) * 1_000)
  })

  it("with one alerter leave to it, and to its Redis, what they have read", () => {
    const alone = ten.filter(({ alerters }) => alerters === 1)
    assert.lengthOf(alone, 2)
    for (const { fault } of alone.flatMap(({ acts }) => acts)) {
      assert.notStrictEqual(fault._tag, "killRedis")
      if ("program" in fault && fault.program === "alerter") {
        assert.notStrictEqual(fault._tag, "kill")
        assert.strictEqual(fault.replica, 0)
      }
    }
  })
})
