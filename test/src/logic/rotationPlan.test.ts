import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { Direction, RotationState, RotationStep, SecretKind, Slots } from "../../../src/domain/Rotation.ts"
import { goesOn, nextStep, outcomeOf, plan, rollbackStep } from "../../../src/logic/rotationPlan.ts"

const fresh = "fresh"

/** What a step does, as text: `write current,next,previous`, `accept value`, `revoke value`; then the state it leaves, and the way. */
const told = (step: RotationStep, kind: SecretKind, slots: Slots<string>, direction: Direction = "forward"): string =>
  Result.match(plan(step, { kind, direction, slots, same: (a, b) => a === b, fresh: () => fresh }), {
    onFailure: (words) => words,
    onSuccess: ({ actions, direction, state }) =>
      [
        ...actions.map((action) =>
          action._tag === "write"
            ? `write ${[action.slots.current, action.slots.next ?? "", action.slots.previous ?? ""].join(",")}`
            : `${action._tag} ${action.value}`
        ),
        state,
        direction
      ].join("; ")
  })

const gone = "NEXT is not in the store any more; somebody else took it out."

const servers = ["postgres", "redis"] as const
const both = [...servers, "key"] as const
const cases: ReadonlyArray<readonly [RotationStep, ReadonlyArray<SecretKind>, Slots<string>, string]> = [
  // A NEXT that is there may be in use already, so it is taken over; one that is CURRENT again is none.
  ["stage", both, { current: "a" }, "write a,fresh,; STAGED; forward"],
  ["stage", both, { current: "a", next: "b" }, "STAGED; forward"],
  ["stage", both, { current: "a", next: "a" }, "write a,fresh,; STAGED; forward"],
  ["stage", servers, { current: "a", next: "b", previous: "c" }, "revoke c; write a,b,; STAGED; forward"],
  ["stage", servers, { current: "a", previous: "c" }, "revoke c; write a,fresh,; STAGED; forward"],
  // What is still a value of the two must never be revoked.
  ["stage", servers, { current: "a", next: "b", previous: "a" }, "write a,b,; STAGED; forward"],
  ["stage", servers, { current: "a", next: "b", previous: "b" }, "write a,b,; STAGED; forward"],
  ["stage", ["key"], { current: "a", next: "b", previous: "c" }, "write a,b,; STAGED; forward"],
  ["apply", both, { current: "a", next: "b" }, "accept b; APPLIED; forward"],
  ["apply", both, { current: "a" }, gone],
  ["verify", both, { current: "a", next: "b" }, "VERIFIED; forward"],
  ["verify", both, { current: "a" }, gone],
  ["promote", servers, { current: "a", next: "b" }, "write b,,a; PROMOTED; forward"],
  ["promote", ["key"], { current: "a", next: "b" }, "write b,a,a; PROMOTED; forward"],
  // Done already, by a controller that did not live to note it.
  ["promote", servers, { current: "b", previous: "a" }, "PROMOTED; forward"],
  ["promote", ["key"], { current: "b", next: "a", previous: "a" }, "PROMOTED; forward"],
  ["promote", servers, { current: "a", next: "b", previous: "c" }, "write b,,a; PROMOTED; forward"],
  ["promote", both, { current: "a" }, gone],
  ["drain", both, { current: "b", previous: "a" }, "DRAINED; forward"],
  ["retire", servers, { current: "b", previous: "a" }, "revoke a; write b,,; STEADY; forward"],
  ["retire", servers, { current: "b", next: "n", previous: "a" }, "revoke a; write b,n,; STEADY; forward"],
  ["retire", servers, { current: "b", previous: "b" }, "write b,,; STEADY; forward"],
  ["retire", servers, { current: "b" }, "STEADY; forward"],
  ["retire", ["key"], { current: "b", next: "a", previous: "a" }, "write b,,; STEADY; forward"],
  ["discard", servers, { current: "a", next: "b" }, "accept a; write a,,; STEADY; back"],
  ["discard", servers, { current: "a" }, "accept a; write a,,; STEADY; back"],
  ["discard", ["key"], { current: "a", next: "b" }, "write a,,; STEADY; back"],
  ["revert", servers, { current: "a", next: "b" }, "accept a; write a,,b; PROMOTED; back"],
  ["revert", servers, { current: "a", previous: "b" }, "PROMOTED; back"],
  ["revert", servers, { current: "a" }, gone],
  ["turn", servers, { current: "b", previous: "a" }, "write b,a,; STAGED; back"],
  ["turn", servers, { current: "b", next: "a" }, "STAGED; back"],
  ["turn", servers, { current: "b" }, gone],
  ["turn", ["key"], { current: "b", next: "a", previous: "a" }, "write a,b,a; PROMOTED; back"],
  ["turn", ["key"], { current: "a", next: "b", previous: "a" }, "PROMOTED; back"],
  ["turn", ["key"], { current: "b", next: "a" }, gone],
  ["turn", ["key"], { current: "b", previous: "a" }, gone]
]

describe("a step of a rotation", () => {
  for (const [step, kinds, slots, expected] of cases) {
    for (const kind of kinds) {
      it(`${step} of a ${kind} with ${JSON.stringify(slots)}`, () => {
        assert.strictEqual(told(step, kind, slots), expected)
      })
    }
  }

  it("goes the way the rotation goes", () => {
    assert.strictEqual(told("promote", "redis", { current: "a", next: "b" }, "back"), "write b,,a; PROMOTED; back")
  })
})

const states: ReadonlyArray<RotationState> = ["STEADY", "STAGED", "APPLIED", "VERIFIED", "PROMOTED", "DRAINED"]

describe("a rotation", () => {
  it("of a server's password stages, applies, verifies, promotes, drains and retires by itself", () => {
    for (const kind of servers) {
      assert.deepStrictEqual(states.map((state) => nextStep(kind, state)), [
        "stage",
        "apply",
        "verify",
        "promote",
        "drain",
        "retire"
      ])
      assert.deepStrictEqual(states.filter((state) => goesOn(kind, state)), states.slice(1))
    }
  })

  it("of a key stages and promotes, and waits for a person to retire the old one", () => {
    assert.deepStrictEqual((["STEADY", "STAGED", "PROMOTED"] as const).map((state) => nextStep("key", state)), [
      "stage",
      "promote",
      "retire"
    ])
    assert.isTrue(goesOn("key", "STAGED"))
    assert.isFalse(goesOn("key", "STEADY"))
    assert.isFalse(goesOn("key", "PROMOTED"))
  })

  it("is rolled back by what the store holds", () => {
    assert.strictEqual(rollbackStep("redis", { current: "b", previous: "a" }), "turn")
    assert.strictEqual(rollbackStep("key", { current: "b", next: "a", previous: "a" }), "turn")
    assert.strictEqual(rollbackStep("redis", { current: "a", next: "b" }), "revert")
    assert.strictEqual(rollbackStep("redis", { current: "a" }), "discard")
    assert.strictEqual(rollbackStep("key", { current: "a", next: "b" }), "discard")
  })

  it("has completed when it went forward", () => {
    assert.deepStrictEqual([outcomeOf("forward"), outcomeOf("back")], ["completed", "rolled_back"])
  })
})
