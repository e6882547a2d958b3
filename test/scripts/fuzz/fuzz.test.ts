import { assert, describe, it } from "@effect/vitest"
import { seeded } from "../../../scripts/bench/Random.ts"
import { bytesOf, readCorpus } from "../../../scripts/fuzz/corpus.ts"
import { mutate } from "../../../scripts/fuzz/mutate.ts"
import { fuzz, tryInput } from "../../../scripts/fuzz/run.ts"
import { targets } from "../../../scripts/fuzz/targets.ts"

describe("inputs that showed a fault once", () => {
  for (const [file, entry] of readCorpus()) {
    it(`show none now: ${file}`, async () => {
      const target = targets.find(({ name }) => name === entry.target)
      assert.isDefined(target, entry.target)
      if (target !== undefined) assert.isUndefined((await tryInput(target, bytesOf(entry), entry.seed)).problem)
    })
  }
})

describe("inputs made of samples", () => {
  const inputs = 1_000
  for (const target of targets) {
    it(`show no fault in ${target.name}`, async () => {
      const { found } = await fuzz(target, { seed: 1, inputs })
      assert.deepStrictEqual(found.map(({ problem, seed }) => [seed, problem]), [])
    })
  }

  it("are the same for the same seed", () => {
    const seeds = targets[0]?.seeds ?? []
    assert.deepStrictEqual(mutate(seeds, seeded(7)), mutate(seeds, seeded(7)))
    assert.notDeepEqual(mutate(seeds, seeded(7)), mutate(seeds, seeded(8)))
  })
})
