import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { awaitDrained, gather, readBooks } from "../../scripts/proofs/conservation/findings.ts"
import { makeStack } from "../../scripts/proofs/conservation/Stack.ts"

/** A backtracking engine takes longer than the universe has to find that this does not match. */
const endless = `${"a".repeat(50_000)}!`
const matching = "a".repeat(50_000)

/** Letters of which nearly every one needs a state of its own. */
const letters = (count: number) => {
  let seed = 7
  return Array.from({ length: count }, () => ((seed = (seed * 48_271) % 2_147_483_647) & 64 ? "a" : "b")).join("")
}

/**
 * Each is unkind in another way: many states, states that grow, sets of many characters, edges of words, a wide gap.
 */
const unkind = [
  "(a+)+$",
  "(?:a|b)*a(?:a|b){330}z",
  "(?:a|b)*a(?:a|b){85}z",
  "(?:[^z]*a){200}z",
  "(?:\\pL|a)*a(?:\\pL|\\w){200}z",
  "\\b(?:[^z]){234}(?:\\pL|^|[\\pL\\d])a(?:ſ|z|\\p{Greek}|中)",
  "(?:.{0,240}a){2}z"
]

const record = (message: string) => JSON.stringify({ hostname: "core1", timestamp: "2026-08-22T10:00:00Z", message })

describe("rules with unkind patterns", () => {
  it.live("decide 50 KB messages like any others, and what comes with them goes on", () =>
    Effect.gen(function*() {
      const stack = yield* makeStack({
        rules: [
          ...unkind.map((match) => ({ type: "regex", match, handling: "Page_and_ticket" } as const)),
          { type: "contains", match: "link down", handling: "Ticket_only" }
        ]
      })
      const messages = [endless, "link down #100000001#", matching, `${letters(50_000)}!`, "link down #100000002#"]
      const response = yield* Effect.promise(() =>
        fetch(`${stack.urls.ingestor}/api/v2/ingest`, {
          method: "POST",
          headers: { "x-api-key": stack.keys.ingest, "content-type": "application/x-ndjson" },
          body: messages.map(record).join("\n")
        })
      )
      assert.strictEqual(response.status, 200)
      assert.isTrue(yield* awaitDrained(stack, 30_000), JSON.stringify(yield* readBooks(stack)))
      const { audit, platform } = yield* gather(stack)
      assert.deepStrictEqual(audit.map(({ outcome }) => outcome).sort(), [
        "forwarded",
        "forwarded",
        "forwarded",
        "unmatched",
        "unmatched"
      ])
      assert.deepStrictEqual([...platform].sort(), ["#100000001#", "#100000002#", "without a token"])
    }))
})
