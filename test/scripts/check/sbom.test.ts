import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"

const Bill = Schema.fromJsonString(Schema.Struct({
  components: Schema.Array(Schema.Struct({
    name: Schema.String,
    version: Schema.String,
    properties: Schema.Array(Schema.Struct({ name: Schema.String })),
    hashes: Schema.optionalKey(Schema.Array(Schema.Struct({ alg: Schema.String })))
  }))
}))
const Manifest = Schema.fromJsonString(Schema.Struct({ dependencies: Schema.Record(Schema.String, Schema.String) }))

describe("npm sbom", () => {
  // Not with `--omit dev`: npm then leaves out what a tool of the developers needs too, as `effect`.
  it("lists each dependency of the product with its version and its hash, and tells it from the developers' tools", () => {
    const { dependencies } = Schema.decodeUnknownSync(Manifest)(readFileSync("package.json", "utf8"))
    const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]
    const { components } = Schema.decodeUnknownSync(Bill)(execFileSync("npm", args, { encoding: "utf8" }))
    const product = components.filter(({ properties }) =>
      properties.every(({ name }) => name !== "cdx:npm:package:development")
    )
    for (const [name, version] of Object.entries(dependencies)) {
      const found = product.find((one) => one.name === name)
      assert.deepStrictEqual([found?.version, found?.hashes?.map(({ alg }) => alg)], [version, ["SHA-512"]], name)
    }
    assert.notInclude(product.map(({ name }) => name), "vitest")
  })
})
