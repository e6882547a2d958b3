import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { apiProof } from "../../../scripts/proofs/api/ApiProof.ts"
import { needs } from "../../support/needs.ts"

needs(["schemathesis"], () => {
  it.live("the APIs keep to what they say of themselves", () =>
    Effect.gen(function*() {
      const results = yield* apiProof({ seconds: 20, examples: 2, quick: true })
      for (const { api, findings, operations, requests, text } of results) {
        assert.strictEqual(findings, 0, text)
        assert.isAbove(operations, 0, api)
        assert.isAbove(requests, operations, api)
      }
    }))
})
