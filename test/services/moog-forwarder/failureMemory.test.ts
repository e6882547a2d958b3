import { assert, describe, it } from "@effect/vitest"
import { makeFailureMemory } from "../../../services/moog-forwarder/stages/failureMemory.ts"

describe("an alert that fails", () => {
  it("is not suspected at first, whatever gets through beside it", () => {
    const memory = makeFailureMemory()
    const [, beside] = [memory.nextAttempt(), memory.nextAttempt()]
    memory.delivered("beside", beside)
    assert.isFalse(memory.failed("failing"))
  })

  it("is not suspected for what was sent before it failed and got through later", () => {
    const memory = makeFailureMemory()
    const [, beside] = [memory.nextAttempt(), memory.nextAttempt()]
    memory.failed("failing")
    memory.delivered("beside", beside)
    memory.nextAttempt()
    assert.isFalse(memory.failed("failing"))
  })

  it("is suspected when the platform took another that was sent after it had failed", () => {
    const memory = makeFailureMemory()
    memory.nextAttempt()
    memory.failed("failing")
    memory.delivered("after", memory.nextAttempt())
    memory.nextAttempt()
    assert.isTrue(memory.failed("failing"))
    assert.isFalse(memory.failed("failing"))
  })

  it("is forgotten once it got through, and when too many fail", () => {
    const memory = makeFailureMemory()
    memory.failed("first")
    memory.delivered("first", memory.nextAttempt())
    assert.isFalse(memory.failed("first"))
    for (let other = 0; other < 10_000; other++) memory.failed(String(other))
    memory.delivered("after", memory.nextAttempt())
    assert.isFalse(memory.failed("first"))
    assert.isTrue(memory.failed("9999"))
  })
})
