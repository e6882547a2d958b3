import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { runOutage } from "../../../scripts/proofs/outage/runOutage.ts"
import { short } from "../../../scripts/proofs/outage/Scale.ts"

describe("something else at the platform's address", () => {
  it.live("costs no alert, and all are delivered once the platform is back", () =>
    Effect.gen(function*() {
      const { figures, problems } = yield* runOutage(short)
      assert.deepStrictEqual(problems, [], JSON.stringify(figures))
    }))
})
