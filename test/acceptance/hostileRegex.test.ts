import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { awaitDrained, gather, readBooks } from "./conservation/findings.ts"
import { makeStack } from "./conservation/Stack.ts"

/** A backtracking engine takes longer than the universe has to find that this does not match. */
const endless = `${"a".repeat(50_000)}!`
const matching = "a".repeat(50_000)

const record = (message: string) => JSON.stringify({ hostname: "core1", timestamp: "2026-08-22T10:00:00Z", message })

describe("a rule with (a+)+$", () => {
  it.live("decides 50 KB messages like any others, and what comes with them goes on", () =>
    Effect.gen(function*() {
      const stack = yield* makeStack({
        rules: [
          { type: "regex", match: "(a+)+$", handling: "Page_and_ticket" },
          { type: "contains", match: "link down", handling: "Ticket_only" }
        ]
      })
      const messages = [endless, "link down #100000001#", matching, endless, "link down #100000002#"]
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
