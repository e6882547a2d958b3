import { assert, describe, it } from "@effect/vitest"
import {
  doneWords,
  filterOfGroup,
  hostOf,
  messageOf,
  nothingDone,
  partDone,
  plus,
  readable,
  stoppedAt
} from "../../../../services/web-ui/console/pages/deadLetters/letters.ts"
import { letterFilter } from "../../../../src/logic/letterFilter.ts"
import { maskMessage } from "../../../../src/logic/masking.ts"

describe("dead letters", () => {
  it("of a group are found by its reason and the longest text that does not change", () => {
    const detail = "connect 10.0.0.1:8080 refused by the receiver after 30 s"
    const group = { reason: "refused", detail_masked: maskMessage(detail) }
    const filter = filterOfGroup(group)
    assert.deepStrictEqual(filter, { reason: "refused", text: "refused by the receiver after" })
    const letter = {
      entryId: "1-0",
      queue: "alerts",
      at: "",
      reason: "refused",
      detail,
      attempts: [],
      payload: "{}"
    } as const
    assert.isTrue(letterFilter(filter)(letter))
    assert.deepStrictEqual(filterOfGroup({ reason: "refused", detail_masked: "# #" }), { reason: "refused" })
  })

  it("add up over the requests that it takes, and are said in words", () => {
    const none = { moved: 0, unreadable: [], cut: 0, skipped: 0, left: 0 }
    const first = plus(nothingDone, { ...none, matched: 10_000, moved: 4_000, left: 6_000 })
    assert.strictEqual(partDone(first), 0.4)
    const all = plus(first, {
      ...none,
      matched: 6_000,
      moved: 5_000,
      unreadable: [{ reason: "not_json", count: 900 }],
      cut: 90,
      skipped: 10
    })
    assert.strictEqual(partDone(all), 1)
    assert.strictEqual(
      doneWords("quarantine", "retry", all),
      "9,000 records read. 990 still can't be read and stay. 10 were not there any more."
    )
  })

  it("show where reading as JSON stopped, where that was kept", () => {
    const at = (raw: string, isCut = false, reason = "not_json") => stoppedAt({ raw, isCut, reason })
    assert.strictEqual(at(`{"severity": err}`), 13)
    assert.strictEqual(at(`{"a":1`), 6)
    assert.isUndefined(at(`{"a":1`, true))
    assert.isUndefined(at("<1>x", false, "missing_hostname"))
    assert.isUndefined(at("{}"))
  })

  it("tell their host and text whatever they are, also when they are no JSON", () => {
    assert.strictEqual(hostOf(`{"hostname":"sw1"}`), "sw1")
    assert.strictEqual(hostOf(`{"sender":"syslog/udp","raw":"x","peer":"10.0.0.1"}`), "10.0.0.1")
    assert.strictEqual(messageOf(`{"raw":"<1>x"}`), "<1>x")
    assert.isUndefined(hostOf("broken"))
    assert.strictEqual(messageOf("broken"), "broken")
    assert.strictEqual(readable("[1"), "[1")
  })
})
