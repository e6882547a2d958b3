import { assert, describe, it } from "@effect/vitest"
import { keysInWords } from "../../../../services/web-ui/console/pages/keys/keyUse.ts"

const key = (role: "ingest" | "viewer", used: boolean, values = 1) => ({
  name: "one",
  role,
  last_used_at: used ? "2026-03-01T05:00:00Z" : null,
  slots: Array.from({ length: values }, () => ({ slot: "CURRENT" as const, fingerprint: null }))
})

describe("the keys in words", () => {
  it("say which can go and which are being replaced, and not that an ingestor's are unused here", () => {
    assert.strictEqual(keysInWords([key("viewer", true)]), "1 key lets callers in.")
    assert.strictEqual(
      keysInWords([key("viewer", false), key("viewer", true, 2), key("ingest", false)]),
      "3 keys let callers in, 1 not used yet, 1 has a second value."
    )
  })
})
