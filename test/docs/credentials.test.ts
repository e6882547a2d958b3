import { assert, it } from "@effect/vitest"
import { readClaims } from "./claims.ts"
import { read } from "./documents.ts"

/** The rows of the table of credentials, each by what it begins with. */
const credentials = (/### Credentials\n([\s\S]*?)\n## /.exec(read("docs/SECURITY.md"))?.[1] ?? "")
  .split("\n").filter((line) => line.startsWith("| "))
  .map((line) => (line.split("|")[1] ?? "").trim())
  .filter((name) => name !== "credential")

it("each credential of SECURITY.md has tests in which somebody who has it tries what he may not", () => {
  assert.isAbove(credentials.length, 10)
  const claimed = readClaims(read("docs/CLAIMS.md")).claims
    .filter(({ page, section }) => page === "docs/SECURITY.md" && section === "Credentials")
    .map(({ text }) => text)
  for (const credential of credentials) {
    assert.isTrue(claimed.some((text) => text.startsWith(`${credential}: `)), credential)
  }
})
