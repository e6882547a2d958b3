import { assert, describe, it } from "@effect/vitest"
import { createHash, createHmac } from "node:crypto"
import { saslprepChanges, scramVerifier } from "../../../src/logic/scramVerifier.ts"

const hmac = (key: Uint8Array, text: string) => createHmac("sha256", key).update(text).digest()
const bytes = (text: string) => Buffer.from(text, "base64")

describe("scramVerifier", () => {
  it("is the one of the example in RFC 7677", () => {
    const salt = "W22ZaJ0SNY7soEsUEjb6gQ=="
    const verifier = scramVerifier("pencil", bytes(salt))
    const found = /^SCRAM-SHA-256\$4096:([^$]+)\$([^:]+):(.+)$/.exec(verifier)
    assert.strictEqual(found?.[1], salt)
    const [stored, server] = [bytes(found?.[2] ?? ""), bytes(found?.[3] ?? "")]
    const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    const message = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`
    assert.strictEqual(hmac(server, message).toString("base64"), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    // The client's proof gives away its key to who knows the stored one, which is the hash of it.
    const proof = bytes("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    const clientKey = hmac(stored, message).map((byte, i) => byte ^ (proof[i] ?? 0))
    assert.isTrue(createHash("sha256").update(clientKey).digest().equals(stored))
  })

  it("differs by password, salt and iterations", () => {
    const salt = new Uint8Array(16)
    const one = scramVerifier("a", salt, 1)
    assert.strictEqual(scramVerifier("a", salt, 1), one)
    for (
      const other of [
        scramVerifier("b", salt, 1),
        scramVerifier("a", new Uint8Array(17), 1),
        scramVerifier("a", salt, 2)
      ]
    ) {
      assert.notStrictEqual(other, one)
    }
  })
})

describe("saslprepChanges", () => {
  it("is false for what stays as it is", () => {
    for (const text of ["", "pa ss'\"\\$`%@:/#?", "näx", "日本", "\n\t\u{1F600}", "\u05d0\u05d1"]) {
      assert.isFalse(saslprepChanges(text))
    }
  })

  it("is true for what is taken for other letters, for a space or for nothing", () => {
    for (const text of ["na\u0308x", "ﬁne", "Ⅸ", "ｱ", "a\u00a0b", "a\u00adb", "\ufeffa", "a\u200bb"]) {
      assert.isTrue(saslprepChanges(text), JSON.stringify(text))
    }
  })
})
