import { assert, it } from "@effect/vitest"
import { isOlderThan } from "../../../src/logic/programVersion.ts"

it("a version came before another by its numbers, each by its size, and not by what follows them", () => {
  for (
    const [one, other] of [["3.0.0", "3.0.1"], ["3.9.9", "3.10.0"], ["2.99.0", "3.0.0"], ["3.0", "3.0.1"], [
      "unknown",
      "0.0.1"
    ]]
  ) {
    assert.isTrue(isOlderThan(one ?? "", other ?? ""), `${one} before ${other}`)
    assert.isFalse(isOlderThan(other ?? "", one ?? ""), `${other} not before ${one}`)
  }
  assert.isFalse(isOlderThan("3.1.0", "3.1.0"))
  assert.isFalse(isOlderThan("3.1.0-rc.1", "3.1.0"))
  assert.isFalse(isOlderThan("3.1", "3.1.0"))
})
