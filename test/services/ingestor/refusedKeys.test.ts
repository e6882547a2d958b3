import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpBody, HttpClient, HttpClientRequest } from "effect/http"
import { Ingestor } from "./harness.ts"

/** Reason → refused requests, as an alarm sees them. */
const authFailures = Effect.map(
  Effect.flatMap(HttpClient.get("/metrics"), ({ text }) => text),
  (text) =>
    new Map(
      Array.from(
        text.matchAll(/^mutt_auth_failures_total\{[^}]*reason="(\w+)"[^}]*\} (\d+)/gm),
        ([, reason = "", count]) => [reason, Number(count)] as const
      )
    )
)

const statusOf = (key: string) =>
  HttpClientRequest.post("/api/v2/ingest").pipe(
    HttpClientRequest.setHeaders({ "x-api-key": key }),
    HttpClientRequest.setBody(HttpBody.uint8Array(new TextEncoder().encode("{}"), "application/json")),
    HttpClient.execute,
    Effect.map(({ status }) => status)
  )

layer(Ingestor(), { excludeTestServices: true })("a key that may not send", (it) => {
  it.effect("is counted by its reason, its role among them", () =>
    Effect.gen(function*() {
      const before = yield* authFailures
      assert.strictEqual(yield* statusOf(""), 401)
      assert.strictEqual(yield* statusOf("nobody's"), 401)
      assert.strictEqual(yield* statusOf("viewer-key-of-tests"), 403)
      assert.strictEqual(yield* statusOf("operator-key-of-tests"), 403)
      const after = yield* authFailures
      const counted = ["missing", "unknown", "role"].map((reason) =>
        (after.get(reason) ?? 0) - (before.get(reason) ?? 0)
      )
      assert.deepStrictEqual(counted, [1, 1, 2])
    }))
})
