import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import type { ChainEntry, Checkpoint } from "../../../src/domain/ChainEntry.ts"
import {
  checkpointsInForce,
  checkpointText,
  cutOf,
  entryHash,
  finishVerification,
  genesisHash,
  link,
  signatureFault,
  startVerification,
  verifyNext
} from "../../../src/logic/auditChain.ts"
import { canonicalJson } from "../../../src/logic/canonicalJson.ts"

const draft = (n: number) => ({
  table: "dynamic_config",
  key: "moog_rate_limit",
  operation: "UPDATE" as const,
  before: { value: n },
  after: { value: n + 1 },
  actor: "admin",
  reason: null,
  correlationId: `c-${n}`,
  at: "2026-08-22T10:00:00.000Z"
})

const chainOf = (length: number): Array<ChainEntry> => {
  const chain: Array<ChainEntry> = []
  for (let n = 0; n < length; n++) chain.push(link(chain.at(-1), draft(n)))
  return chain
}

const verify = (chain: ReadonlyArray<ChainEntry>, checkpoints: ReadonlyArray<Checkpoint> = []) => {
  const known = new Map(checkpoints.map((checkpoint) => [checkpoint.seq, checkpoint]))
  return finishVerification(chain.reduce((state, entry) => verifyNext(state, entry, known), startVerification), known)
}

const at = (chain: ReadonlyArray<ChainEntry>, index: number): ChainEntry => {
  const entry = chain[index]
  assert.isDefined(entry)
  return entry
}

describe("canonicalJson", () => {
  it("sorts members by code unit and writes no white space", () => {
    assert.strictEqual(
      canonicalJson({ b: [1, { d: null, c: "é" }], a: 1e21, "\u20ac": true }),
      "{\"a\":1e+21,\"b\":[1,{\"c\":\"é\",\"d\":null}],\"€\":true}"
    )
    assert.strictEqual(canonicalJson({ "\\": 1, "\n": 2 }), "{\"\\n\":2,\"\\\\\":1}")
  })

  // After `{"\\":0}` JSON.parse of V8 (13 to 15) may read `{"\n":0}` as the same: it takes an escape for a backslash that it has met there.
  const name = Schema.String.check(Schema.makeFilter((text: string) => !text.includes("\\")))

  it.prop("gives equal text for equal values, whatever the order of members", {
    value: Schema.Record(name, Schema.Int)
  }, ({ value }) => {
    const reversed = Object.fromEntries(Object.entries(value).reverse())
    assert.strictEqual(canonicalJson(value), canonicalJson(reversed))
    assert.strictEqual(canonicalJson(JSON.parse(canonicalJson(value))), canonicalJson(value))
  })
})

describe("auditChain", () => {
  it("begins at the genesis hash and counts from 1 without a gap", () => {
    const chain = chainOf(3)
    assert.strictEqual(at(chain, 0).previousHash, genesisHash)
    assert.deepStrictEqual(chain.map(({ seq }) => seq), [1, 2, 3])
    assert.strictEqual(at(chain, 2).previousHash, at(chain, 1).entryHash)
  })

  it("finds an untouched chain whole", () => {
    const result = verify(chainOf(20))
    assert.strictEqual(result.checked, 20)
    assert.isUndefined(result.fault)
  })

  it("finds a link whose content was flipped", () => {
    const chain = chainOf(5)
    chain[2] = { ...at(chain, 2), actor: "somebody else" }
    assert.deepInclude(verify(chain).fault, { seq: 3, fault: "changed" })
  })

  it("finds a link that was rewritten with its own hash", () => {
    const chain = chainOf(5)
    const changed = { ...at(chain, 2), actor: "somebody else" }
    chain[2] = { ...changed, entryHash: entryHash(changed) }
    assert.deepInclude(verify(chain).fault, { seq: 4, fault: "unlinked" })
  })

  it("finds a deleted link", () => {
    assert.deepInclude(verify(chainOf(5).toSpliced(2, 1)).fault, { seq: 3, fault: "gap" })
  })

  it("finds two links that were swapped", () => {
    const chain = chainOf(5)
    const swapped = chain.toSpliced(1, 2, at(chain, 2), at(chain, 1))
    assert.deepInclude(verify(swapped).fault, { seq: 2, fault: "gap" })
  })

  it("finds a link that was put in", () => {
    const chain = chainOf(5)
    const forged = { ...at(chain, 2), entryHash: at(chain, 1).entryHash }
    assert.isDefined(verify(chain.toSpliced(2, 0, forged)).fault)
  })

  it("finds a chain that was rewritten whole, by a checkpoint", () => {
    const { at: time, entryHash: hash, seq } = at(chainOf(5), 3)
    const rewritten: Array<ChainEntry> = []
    for (let n = 0; n < 5; n++) rewritten.push(link(rewritten.at(-1), { ...draft(n), actor: "somebody else" }))
    assert.deepInclude(verify(rewritten, [{ seq, entryHash: hash, at: time }]).fault, { seq: 4, fault: "checkpoint" })
  })

  it("finds a tail that was cut, by a checkpoint", () => {
    const chain = chainOf(5)
    const { at: time, entryHash: hash, seq } = at(chain, 4)
    assert.deepInclude(verify(chain.slice(0, 3), [{ seq, entryHash: hash, at: time }]).fault, { seq: 4, fault: "cut" })
  })
})

describe("a chain whose database was restored", () => {
  const chain = chainOf(9)
  const mark = (seq: number): Checkpoint => ({ seq, entryHash: at(chain, seq - 1).entryHash, at: `at ${seq}` })
  /** Restored to link 4, and grown otherwise since. */
  const regrown = chain.slice(0, 4)
  for (let n = 0; n < 6; n++) regrown.push(link(regrown.at(-1), { ...draft(n), actor: "since" }))
  const marks = [mark(3), mark(6), mark(8)]

  it("has lost what comes after its end, or after the last checkpoint that it agrees with", () => {
    const atOnce = verify(regrown.slice(0, 4), marks).fault
    const later = verify(regrown, marks).fault
    assert.deepStrictEqual(atOnce && cutOf(atOnce, marks), { after: 4, lost: 8 })
    assert.deepStrictEqual(later && cutOf(later, marks), { after: 3, lost: 8 })
    const changed = verify(chain.with(1, { ...at(chain, 1), actor: "x" }), marks).fault
    assert.isUndefined(changed && cutOf(changed, marks))
  })

  it("is held against no checkpoint of what it lost, once one says so, and against all others", () => {
    const told = { seq: 5, entryHash: at(regrown, 4).entryHash, at: "after", restored: { after: 4, lost: 8 } }
    const inForce = checkpointsInForce([...marks, told])
    assert.deepStrictEqual(inForce, [mark(3), told])
    assert.isUndefined(verify(regrown, inForce).fault)
    assert.deepInclude(verify(regrown.slice(0, 4), inForce).fault, { seq: 5, fault: "cut" })
    assert.deepInclude(verify(chain, inForce).fault, { seq: 5, fault: "checkpoint" })
  })

  it("cannot have its cut moved without the key", () => {
    const told = { ...mark(5), restored: { after: 4, lost: 8 } }
    assert.notStrictEqual(checkpointText(told), checkpointText({ ...told, restored: { after: 3, lost: 8 } }))
    assert.notStrictEqual(checkpointText(told), checkpointText(mark(5)))
  })
})

describe("a chain of which nothing is left", () => {
  const [first] = chainOf(1)
  const mark = { seq: 1, entryHash: first?.entryHash ?? "", at: "2026-08-22T10:00:00.000Z" }

  it("is whole while no checkpoint knows better, and cut from link 1 on when one does", () => {
    assert.isUndefined(verify([]).fault)
    assert.deepInclude(verify([], [mark]).fault, { seq: 1, fault: "cut" })
    assert.isUndefined(verify(chainOf(1), [mark]).fault)
  })

  it("begins anew with a hash that is known: 64 zeros", () => {
    assert.strictEqual(first?.previousHash, "0".repeat(64))
    assert.match(first?.entryHash ?? "", /^[0-9a-f]{64}$/)
  })
})

describe("signatures of checkpoints", () => {
  const markOf = (seq: number, signature: string | undefined): Checkpoint => {
    const mark = { seq, entryHash: "", at: `at ${seq}` }
    return signature === undefined ? mark : { ...mark, signature }
  }
  const marks = (...signatures: ReadonlyArray<string | undefined>): ReadonlyArray<Checkpoint> =>
    signatures.map((signature, n) => markOf(n + 1, signature))
  const fault = (...signatures: ReadonlyArray<string | undefined>) =>
    signatureFault(marks(...signatures), ({ signature }) => signature === "good")

  it("are good when there are none, from when the key came on, and in all later ones", () => {
    assert.isUndefined(fault())
    assert.isUndefined(fault(undefined, undefined))
    assert.isUndefined(fault(undefined, "good", "good"))
  })

  it("show the first that was not made with the key", () => {
    assert.deepStrictEqual(fault(undefined, "good", "forged", "forged"), {
      seq: 3,
      fault: "signature",
      detail: "The checkpoint of at 3 at link 3 was not signed with our key."
    })
  })

  it("show the first that lost its own after others had one", () => {
    assert.deepStrictEqual(fault(undefined, "good", undefined, "good"), {
      seq: 3,
      fault: "signature",
      detail: "The checkpoint of at 3 at link 3 lost its signature."
    })
  })
})
