import { assert, describe, it } from "@effect/vitest"
import { seeded } from "../../../scripts/bench/Random.ts"
import { globMatches } from "../../../src/logic/hosts.ts"
import { globsMeet, mayOverlap } from "../../../src/silence/overlap.ts"

/** Every text of up to five of these letters. */
const texts = Array.from({ length: 6 }).reduce<ReadonlyArray<string>>(
  (all) => [...new Set([...all, ...all.flatMap((text) => ["a", "b"].map((letter) => text + letter))])],
  [""]
)

describe("two globs", () => {
  it("meet when a text matches both, as trying every text finds", () => {
    const random = seeded(7)
    const glob = () => Array.from({ length: random.int(5) }, () => random.pick(["a", "b", "?", "*"])).join("")
    for (let turn = 0; turn < 3_000; turn++) {
      const [a, b] = [glob(), glob()]
      const found = texts.some((text) => globMatches(a, text) && globMatches(b, text))
      // Two globs of four letters meet in a text of eight at most; with stars, in one of as many letters as both have.
      if (found || a.replaceAll("*", "").length + b.replaceAll("*", "").length <= 6) {
        assert.strictEqual(globsMeet(a, b), found, `${a} ${b}`)
      }
    }
  })
})

describe("two silences", () => {
  const silence = (match: object, starts_at = "2026-01-01T00:00:00Z", ends_at = "2026-01-02T00:00:00Z") => ({
    match,
    starts_at,
    ends_at,
    created_at: starts_at
  })

  it("may cover the same event unless hosts, rules, teams, environment or times keep them apart", () => {
    const one = silence({ hosts: ["sw-1*"], rules: ["link"], environment: "prod" })
    for (
      const [match, expected] of [
        [{ hosts: ["SW-12"] }, true],
        [{ hosts: ["*-12"], rules: ["link", "fan"] }, true],
        [{ teams: ["NetOps"] }, true],
        [{ hosts: ["sw-2*"] }, false],
        [{ rules: ["fan"] }, false],
        [{ rules: ["link"], environment: "dev" }, false]
      ] as const
    ) {
      assert.strictEqual(mayOverlap(one, silence(match)), expected, JSON.stringify(match))
    }
    assert.isFalse(mayOverlap(one, silence({ rules: ["link"] }, "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z")))
    assert.isFalse(mayOverlap(one, { ...silence({ rules: ["link"] }), ended_at: "2026-01-01T00:00:00Z" }))
  })
})
