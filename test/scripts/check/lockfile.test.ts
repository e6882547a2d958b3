import { assert, describe, it } from "@effect/vitest"
import { lockfileGaps } from "../../../scripts/check/lockfile.ts"

const integrity = "sha512-eA=="
const messages = (packages: Record<string, object>, allowScripts: Record<string, boolean> = {}) =>
  lockfileGaps(
    "package-lock.json",
    JSON.stringify({ packages: { "": {}, ...packages } }),
    JSON.stringify({ allowScripts })
  )
    .map(({ message }) => message)

const tool = { integrity, optionalDependencies: { "tool-linux": "1.0.0", "tool-mac": "1.0.0" } }

describe("lockfileGaps", () => {
  it("finds a package of another platform that is not locked", () => {
    assert.deepStrictEqual(messages({ "node_modules/tool": tool, "node_modules/tool-linux": { integrity } }), [
      "node_modules/tool wants tool-mac, which is not locked: npm ci will refuse"
    ])
  })

  it("is content when all are locked, here or below their owner", () => {
    const packages = {
      "node_modules/tool": tool,
      "node_modules/tool-linux": { integrity },
      "node_modules/tool/node_modules/tool-mac": { integrity }
    }
    assert.deepStrictEqual(messages(packages), [])
  })

  it("finds an entry without integrity", () => {
    assert.deepStrictEqual(messages({ "node_modules/@a/tool": { version: "1.0.0" } }), [
      "node_modules/@a/tool has no integrity: whatever the registry sends would be taken"
    ])
  })

  it("is content with what is inside a package that has one, and with links", () => {
    assert.deepStrictEqual(
      messages({ "node_modules/a/node_modules/b": { inBundle: true }, "node_modules/c": { link: true } }),
      []
    )
  })

  it("finds an install script that nobody named, and takes a named one, whether it may run or not", () => {
    const packages = { "node_modules/@a/tool": { integrity, hasInstallScript: true } }
    assert.deepStrictEqual(messages(packages), [
      "node_modules/@a/tool runs a script when installed: name it under allowScripts of package.json"
    ])
    assert.deepStrictEqual(messages(packages, { "@a/tool": false }), [])
  })
})
