import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { globMatches, hostTable } from "../../../src/logic/hosts.ts"

describe("a host table", () => {
  const table = hostTable([
    ["dev-router1", "exact"],
    ["DEV-*", "dev"],
    ["*", "any"],
    ["dev-router*", "routers"],
    ["lab?.example.com", "lab"],
    ["?", "one"]
  ])

  it("compares without case", () => {
    assert.strictEqual(table.find("Dev-Router1"), "exact")
    assert.strictEqual(table.find("dev-sw1"), "dev")
  })

  it("prefers a name to a glob, and the more literal glob", () => {
    assert.strictEqual(table.find("dev-router1"), "exact")
    assert.strictEqual(table.find("dev-router12"), "routers")
    assert.strictEqual(table.find("core1"), "any")
    assert.strictEqual(table.find("x"), "any")
  })

  it("takes a short name and a full name for two hosts", () => {
    assert.strictEqual(hostTable([["sw1", true]]).find("sw1.example.com"), undefined)
    assert.strictEqual(hostTable([["sw1.example.com", true]]).find("sw1"), undefined)
    assert.strictEqual(hostTable([["sw1*", true]]).find("sw1.example.com"), true)
  })

  it("answers the same when asked again", () => {
    const globs = hostTable([["a*", 1]])
    assert.deepStrictEqual([globs.find("ab"), globs.find("b"), globs.find("ab"), globs.find("b")], [
      1,
      undefined,
      1,
      undefined
    ])
  })
})

const Text = Schema.Array(Schema.Literals(["a", "b", "."]))
const Glob = Schema.Array(Schema.Literals(["a", "b", ".", "*", "?"]))

describe("a glob", () => {
  it.prop("matches what the same regular expression matches", { glob: Glob, text: Text }, ({ glob, text }) => {
    const expression = glob.map((part) => (part === "*" ? "[^]*" : part === "?" ? "[^]" : part === "." ? "\\." : part))
      .join("")
    assert.strictEqual(globMatches(glob.join(""), text.join("")), new RegExp(`^${expression}$`).test(text.join("")))
  })
})
