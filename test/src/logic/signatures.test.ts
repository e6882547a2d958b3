import { assert, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import { fingerprint, signature, templateDigest } from "../../../src/logic/signatures.ts"

const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex").slice(0, 16)

describe("a signature", () => {
  it("is host, rule and the digest of the masked text", () => {
    assert.strictEqual(signature("sw1", 7, "Gi0/1 down"), `sw1::rule-7::${sha256("Gi# down")}`)
    assert.strictEqual(signature("sw1", null, "Gi0/1 down"), `sw1::unmatched::${sha256("Gi# down")}`)
  })

  it("differs by host, by rule and by kind of message, and by nothing else", () => {
    const base = signature("sw1", 7, "Gi0/1 down")
    assert.strictEqual(signature("sw1", 7, "Gi0/2 down"), base)
    assert.notStrictEqual(signature("sw2", 7, "Gi0/1 down"), base)
    assert.notStrictEqual(signature("sw1", 8, "Gi0/1 down"), base)
    assert.notStrictEqual(signature("sw1", 7, "Gi0/1 up"), base)
  })

  it("is at most 767 bytes, and hosts that are cut stay apart", () => {
    const long = (last: string) => signature("日".repeat(254) + last, 2_147_483_647, "x")
    assert.isAtMost(Buffer.byteLength(long("本")), 767)
    assert.notStrictEqual(long("本"), long("木"))
    assert.strictEqual(signature("h".repeat(255), 1, "x").split("::")[0], "h".repeat(255))
  })
})

describe("a fingerprint", () => {
  it("is the same for like messages of one host only", () => {
    assert.strictEqual(fingerprint("a", "user 1 logged in"), fingerprint("a", "user 2 logged in"))
    assert.notStrictEqual(fingerprint("a", "user 1 logged in"), fingerprint("b", "user 1 logged in"))
  })

  it("does not depend on what was asked before", () => {
    for (let index = 0; index < 10_000; index++) templateDigest(`kind ${String.fromCharCode(0x4e00 + (index % 5000))}`)
    assert.strictEqual(templateDigest("kind a"), sha256("kind a"))
  })
})
