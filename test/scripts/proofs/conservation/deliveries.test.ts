import { assert, describe, it } from "@effect/vitest"
import { judgeDeliveries } from "../../../../scripts/proofs/conservation/deliveries.ts"
import type { Fault } from "../../../../scripts/proofs/conservation/Fault.ts"
import { type Posting, tokenOf } from "../../../../scripts/proofs/conservation/Ledger.ts"
import type { Plan } from "../../../../scripts/proofs/conservation/Plan.ts"
import type { Post } from "../../../../scripts/stack/postLog.ts"

const planOf = (alerters: 1 | 2, ...faults: ReadonlyArray<Fault>): Plan => ({
  seed: 1,
  loadMs: 1_000,
  alerters,
  acts: faults.map((fault) => ({ atMs: 0, fault }))
})

const postings = Array.from({ length: 5 }, (_, n): Posting => ({
  token: tokenOf(1, n),
  kind: "forwarded",
  atMs: n,
  accepted: n !== 4,
  chain: 1
}))

const post = (n: number, more: Partial<Post> = {}): Post => ({
  id: `id-${n}`,
  signature: "one",
  description: `forward this, said unit ${tokenOf(1, n)}`,
  status: 200,
  answerMs: 5,
  ...more
})

const judge = (plan: Plan, ...posts: ReadonlyArray<Post>) => judgeDeliveries(plan, postings, posts)
const killed: Fault = { _tag: "kill", program: "moog-forwarder", replica: 1 }
const frozen: Fault = { _tag: "freeze", program: "moog-forwarder", replica: 0, forMs: 1 }

describe("posts to the platform", () => {
  it("are repeats once its last word has gone out, and not before", () => {
    const late = post(0, { answerMs: 2_500 })
    const unheard = judge(planOf(2), post(0, { answerMs: null }), late, post(0), post(1, { status: 503 }), post(1))
    assert.deepStrictEqual([unheard.repeats, unheard.problems], [0, []])
    const { repeats } = judge(planOf(2), post(0), post(0), post(1, { status: 422 }), post(1, { status: 422 }))
    assert.strictEqual(repeats, 2)
  })

  it("may be repeats of what a killed or frozen forwarder held, and of no more", () => {
    const { allowed, problems } = judge(planOf(2, killed, frozen), post(0), post(0))
    assert.deepStrictEqual([allowed, problems], [60, []])
    const many = judge(planOf(2, killed), ...Array.from({ length: 42 }, () => post(0)))
    assert.deepStrictEqual(many.problems, ["41 alerts were posted again after their answer, and 40 may be"])
  })

  it("have one id for each alert", () => {
    const { problems } = judge(planOf(2), post(0), post(0, { id: "another" }))
    assert.deepStrictEqual(problems, [`event ${tokenOf(1, 0)} was posted under several ids`])
  })

  it("come in order with one alerter; with two it is only told", () => {
    const disorder = [post(0), post(2), post(1), post(3)]
    assert.deepStrictEqual(judge(planOf(2), ...disorder).inOrder, { alerts: 4, late: 1 })
    assert.deepStrictEqual(judge(planOf(2), ...disorder).problems, [])
    assert.deepStrictEqual(judge(planOf(1), ...disorder).problems, ["1 of 4 alerts came out of order with one alerter"])
  })

  it("are looked at when they come first, and only of events that were answered 2xx", () => {
    assert.deepStrictEqual(judge(planOf(1, killed), post(4), post(0), post(1), post(0)).inOrder, { alerts: 2, late: 0 })
  })
})
