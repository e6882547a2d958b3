import { assert, describe, it } from "@effect/vitest"
import { refusalAnswer, refusals } from "../../../layers/http/refusal.ts"

describe("a refusal before there is a request", () => {
  for (const [name, refusal] of Object.entries(refusals)) {
    it(`is a whole problem, with an id: ${name}`, () => {
      const { body, headers } = refusalAnswer(refusal)
      const problem = JSON.parse(body)
      assert.containsAllKeys(problem, ["type", "title", "status", "detail", "_tag", "correlation_id"])
      assert.match(problem.detail, /^[A-Z].+\.$/)
      assert.strictEqual(headers["x-correlation-id"], problem.correlation_id)
      assert.strictEqual(headers["content-type"], "application/problem+json")
      if (refusal.status === 503) assert.strictEqual(problem.outcome, "unchanged")
    })
  }

  it("has the id that the request came with, when it came with a good one", () => {
    assert.strictEqual(refusalAnswer(refusals.starting, "mine-1").headers["x-correlation-id"], "mine-1")
    assert.match(refusalAnswer(refusals.starting, "not <mine>").headers["x-correlation-id"] ?? "", /^[0-9a-f-]{36}$/)
  })
})
