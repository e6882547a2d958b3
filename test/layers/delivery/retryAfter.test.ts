import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { retryAfterLimitMs, retryAfterMs } from "../../../layers/delivery/retryAfter.ts"

const now = Date.UTC(2026, 7, 22, 10, 0, 0)

describe("Retry-After", () => {
  it.each<[string | undefined, number | undefined]>([
    ["0", 0],
    ["7", 7_000],
    [" 120 ", 120_000],
    ["86400", retryAfterLimitMs],
    ["99999999999999999999999", retryAfterLimitMs],
    ["Sat, 22 Aug 2026 10:00:30 GMT", 30_000],
    ["Saturday, 22-Aug-26 10:00:30 GMT", 30_000],
    ["Sat Aug 22 10:00:30 2026 GMT", 30_000],
    ["Sat, 22 Aug 2026 09:00:00 GMT", 0],
    ["Sun, 23 Aug 2026 10:00:00 GMT", retryAfterLimitMs],
    ["-1", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined]
  ])("reads %s as %s", (header, expected) => {
    assert.strictEqual(retryAfterMs(header, now), expected)
  })

  it.effect.prop(
    "is always a wait of zero to an hour, or nothing",
    { header: Schema.String },
    ({ header }) =>
      Effect.sync(() => {
        const wait = retryAfterMs(header, now) ?? 0
        assert.isTrue(wait >= 0 && wait <= retryAfterLimitMs)
      })
  )
})
