import { assert, describe, it } from "@effect/vitest"
import { lockfileGaps } from "../../../scripts/check/lockfile.ts"

const lock = (more: Record<string, object>) =>
  JSON.stringify({
    packages: { "node_modules/tool": { optionalDependencies: { "tool-linux": "1.0.0", "tool-mac": "1.0.0" } }, ...more }
  })

describe("lockfileGaps", () => {
  it("finds a package of another platform that is not locked", () => {
    const gaps = lockfileGaps("package-lock.json", lock({ "node_modules/tool-linux": {} }))
    assert.deepStrictEqual(gaps.map(({ message }) => message.includes("tool-mac")), [true])
  })

  it("is content when all are locked, here or below their owner", () => {
    const complete = lock({ "node_modules/tool-linux": {}, "node_modules/tool/node_modules/tool-mac": {} })
    assert.deepStrictEqual(lockfileGaps("package-lock.json", complete), [])
  })
})
