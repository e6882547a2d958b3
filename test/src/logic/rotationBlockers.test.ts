import { assert, describe, it } from "@effect/vitest"
import type { RotationStep } from "../../../src/domain/Rotation.ts"
import { blockersOf, type Facts, type Holder, mayBreak, silentAfterMs } from "../../../src/logic/rotationBlockers.ts"

type Holding = NonNullable<Holder["holding"]>

const holder = (instance: string, over: Partial<Holding> = {}, ageMs = 0): Holder => ({
  program: "alerter",
  instance,
  ageMs,
  holding: {
    generation: 3,
    values: ["a", "b"],
    connections: { 3: 2 },
    proof: { request: "r1", ok: true, detail: "" },
    ...over
  }
})
const silent = (instance: string): Holder => ({ program: "alerter", instance, ageMs: 0, holding: undefined })

const facts = (over: Partial<Facts> = {}): Facts => ({
  kind: "redis",
  slots: { current: "a", next: "b" },
  holders: [holder("one")],
  sessions: [],
  request: "r1",
  ...over
})
const promoted = { slots: { current: "b", previous: "a" } }
const held = { values: ["b"] }

const codes = (step: RotationStep, over: Partial<Facts> = {}) =>
  blockersOf(step, facts(over)).map(({ code, who }) => `${code} ${who}`)

const session = (instance: string, generation: number) => ({ program: "alerter", instance, generation })

describe("what keeps a step from being done", () => {
  const guarded: ReadonlyArray<RotationStep> = ["apply", "verify", "promote", "revert", "discard"]

  it("is nothing when everybody reports and holds what it needs", () => {
    for (const step of guarded) assert.deepStrictEqual(codes(step), [], step)
    for (const step of ["drain", "retire"] as const) {
      const sessions = [session("one", 3)]
      assert.deepStrictEqual(codes(step, { ...promoted, holders: [holder("one", held)], sessions }), [], step)
    }
  })

  it("is that nobody reports, or that one has been silent for too long", () => {
    for (const step of guarded) assert.deepStrictEqual(codes(step, { holders: [] }), ["nobody_reports "], step)
    const late = [holder("one", {}, silentAfterMs), holder("two", {}, silentAfterMs + 1)]
    for (const step of guarded) assert.deepStrictEqual(codes(step, { holders: late }), ["instance_silent alerter/two"])
    assert.strictEqual(silentAfterMs, 5_000)
    const [block] = blockersOf("apply", facts({ holders: [holder("one", {}, 7_400)] }))
    assert.strictEqual(block?.detail, "It has said nothing for 7 s.")
  })

  it("is nothing for a step without a precondition, and for one that is done", () => {
    assert.deepStrictEqual(codes("stage", { holders: [] }), [])
    assert.deepStrictEqual(codes("turn", { holders: [] }), [])
    assert.deepStrictEqual(codes("promote", { ...promoted, holders: [] }), [])
    assert.deepStrictEqual(codes("retire", { slots: { current: "b" }, holders: [] }), [])
    assert.deepStrictEqual(codes("revert", { slots: { current: "a", previous: "b" }, holders: [] }), [])
    // Both plan nothing, and are done when others have done their part.
    assert.deepStrictEqual(codes("verify", { holders: [] }), ["nobody_reports "])
    assert.deepStrictEqual(codes("drain", { ...promoted, holders: [] }), ["nobody_reports "])
  })

  it("is a value that somebody does not hold: both before NEXT is used, CURRENT before a way back", () => {
    const holders = [holder("one", { values: ["a"] }), holder("two", { values: ["b"] }), silent("three")]
    const missing = (...who: ReadonlyArray<string>) => who.map((name) => `value_not_held alerter/${name}`)
    for (const step of ["apply", "promote"] as const) {
      assert.deepStrictEqual(codes(step, { holders }), missing("two", "three", "one", "three"), step)
    }
    for (const step of ["revert", "discard"] as const) {
      assert.deepStrictEqual(codes(step, { holders }), missing("two", "three"), step)
    }
    assert.deepStrictEqual(codes("discard", { kind: "key", holders }), [])
    assert.deepStrictEqual(codes("apply", { slots: { current: "a" } }), missing("one"))
    assert.deepStrictEqual(blockersOf("apply", facts({ holders })).map(({ detail }) => detail), [
      "It does not hold CURRENT.",
      "It does not hold CURRENT, nor says anything of this secret.",
      "It does not hold NEXT.",
      "It does not hold NEXT, nor says anything of this secret."
    ])
  })

  it("is, to verify, a proof of this request that is missing or failed, of whoever opens connections", () => {
    const proof = (over: Partial<NonNullable<Holding["proof"]>>) => ({
      proof: { request: "r1", ok: true, detail: "", ...over }
    })
    const holders = [
      holder("fine"),
      holder("none", { proof: undefined }),
      holder("older", proof({ request: "r0" })),
      holder("refused", proof({ ok: false, detail: "WRONGPASS" })),
      holder("opens-none", { connections: undefined, proof: undefined })
    ]
    assert.deepStrictEqual(codes("verify", { holders }), [
      "proof_missing alerter/none",
      "proof_missing alerter/older",
      "proof_failed alerter/refused"
    ])
    assert.strictEqual(blockersOf("verify", facts({ holders })).at(-1)?.detail, "WRONGPASS")
    const unasked = { request: undefined, holders: [holder("one", { proof: undefined })] }
    assert.deepStrictEqual(codes("verify", unasked), ["proof_missing alerter/one"])
    assert.deepStrictEqual(codes("promote", { holders }), [])
  })

  it("is, before the old value goes, whoever holds it or is connected with it", () => {
    for (const step of ["drain", "retire"] as const) {
      const holders = [
        holder("holds", { values: ["b", "a"] }),
        holder("connected", { ...held, connections: { 2: 4, 1: 1, 3: 1 } }),
        holder("closed", { ...held, connections: { 2: 0, 3: 1 } }),
        holder("opens-none", { ...held, connections: undefined }),
        holder("behind", { values: ["a"] }),
        silent("says-nothing")
      ]
      assert.deepStrictEqual(codes(step, { ...promoted, holders }), [
        "value_not_held alerter/behind",
        "value_not_held alerter/says-nothing",
        "old_value_held alerter/holds",
        "old_connections alerter/connected",
        "old_value_held alerter/behind"
      ], step)
      const found = blockersOf(step, facts({ ...promoted, holders }))
      assert.strictEqual(found[3]?.detail, "5 of its connections are of an older generation.")
      const next = {
        slots: { current: "b", next: "n", previous: "a" },
        holders: [holder("one", { values: ["b", "n"] })]
      }
      assert.deepStrictEqual(codes(step, next), [])
    }
  })

  it("is, before the old value goes, what the server lists of an older generation or of nobody who reports", () => {
    const sessions = [session("one", 2), session("one", 2), session("one", 3), session("stray", 3)]
    const found = blockersOf("drain", facts({ ...promoted, holders: [holder("one", held)], sessions }))
    assert.deepStrictEqual(found, [
      {
        code: "old_sessions",
        who: "alerter/one",
        detail: "The server lists 2 of its connections that are of an older generation."
      },
      {
        code: "old_sessions",
        who: "alerter/stray",
        detail:
          "The server lists 1 of its connections, and it reports no more: it hangs or is cut off. They end with that process."
      }
    ])
  })

  it("is, to retire a key, whoever does not hold the new one: others may come with the old one", () => {
    const holders = [holder("one", { values: ["b", "a"] }), holder("two", { values: ["a"] })]
    const slots = { current: "b", next: "a", previous: "a" }
    assert.deepStrictEqual(codes("retire", { kind: "key", slots, holders }), ["value_not_held alerter/two"])
  })
})

describe("forcing a step", () => {
  it("says what may break, if anything blocks it", () => {
    const blocks = blockersOf("apply", facts({ holders: [] }))
    assert.deepStrictEqual(mayBreak("apply", []), [])
    for (const step of ["apply", "verify", "promote", "drain", "retire", "revert", "discard"] as const) {
      assert.match(mayBreak(step, blocks).join(), /^(?:A process|NEXT|Connections|Whoever) .*\.$/, step)
    }
    assert.deepStrictEqual(mayBreak("turn", blocks), ["Nothing that is known."])
  })
})
