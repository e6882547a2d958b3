import { assert, describe, it } from "@effect/vitest"
import { formatTraceparent, parseTraceparent } from "../../../src/logic/traceparent.ts"

const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
const span = "00f067aa0ba902b7"
const good = `00-${trace}-${span}-01`

describe("the header traceparent", () => {
  it("says where a step stands, and whether its trace is told", () => {
    assert.deepStrictEqual(parseTraceparent(good), { traceId: trace, spanId: span, sampled: true })
    assert.deepInclude(parseTraceparent(`00-${trace}-${span}-00`), { sampled: false })
    // Of the flags one bit counts here.
    assert.deepInclude(parseTraceparent(`00-${trace}-${span}-fe`), { sampled: false })
    assert.deepInclude(parseTraceparent(`00-${trace}-${span}-03`), { sampled: true })
  })

  it("is written as it is read", () => {
    for (const flags of ["00", "01"]) {
      const context = parseTraceparent(`00-${trace}-${span}-${flags}`) ?? assert.fail()
      assert.strictEqual(formatTraceparent(context), `00-${trace}-${span}-${flags}`)
    }
  })

  it("may be of a later version with more behind it, but not of this one", () => {
    assert.isDefined(parseTraceparent(`01-${trace}-${span}-01`))
    assert.isDefined(parseTraceparent(`cc-${trace}-${span}-01-what-comes`))
    assert.isUndefined(parseTraceparent(`${good}-what-comes`))
    assert.isUndefined(parseTraceparent(`cc-${trace}-${span}-01what-comes`))
  })

  it("counts as absent when it is malformed", () => {
    const malformed = [
      undefined,
      "",
      "00",
      `ff-${trace}-${span}-01`,
      `00-${"0".repeat(32)}-${span}-01`,
      `00-${trace}-${"0".repeat(16)}-01`,
      good.toUpperCase(),
      `00-${trace.slice(1)}-${span}-01`,
      `00-${trace}-${span}-1`,
      `00-${trace}-${span}-zz`,
      ` ${good}`,
      `${good} `,
      `${good},${good}`,
      `00_${trace}_${span}_01`,
      `cc-${trace}-${span}-01-${"x".repeat(300)}`,
      `${good}\n`
    ]
    for (const text of malformed) assert.isUndefined(parseTraceparent(text), text)
  })
})
