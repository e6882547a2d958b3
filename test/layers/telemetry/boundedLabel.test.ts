import { assert, it } from "@effect/vitest"
import { boundedLabel } from "../../../layers/telemetry/boundedLabel.ts"

it("a label from outside has as many values as it may, and other", () => {
  const named = boundedLabel(3)
  assert.deepStrictEqual(["a", "b", "a", "c", "d", "e", "b"].map(named), ["a", "b", "a", "c", "other", "other", "b"])
})
