import { Clock, Effect } from "effect"
import { readDuration } from "../../src/rulefile/testTime.ts"
import { failedWith } from "./api.ts"

const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Milliseconds since 1970 of a time such as 2026-08-22T10:00:00Z; `undefined` when it is none. */
const readTime = (text: string): number | undefined => {
  const millis = timeForm.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(millis) ? undefined : millis
}

const wrong = (flag: string, text: string) =>
  failedWith(
    `--${flag} is neither a length of time such as 90m, 24h or 7d nor a time such as 2026-08-22T10:00:00Z: ${text}`
  )

/** A time, or how long before another, or before now. */
export const timeBefore = Effect.fnUntraced(function*(flag: string, text: string, other?: number) {
  const before = readDuration(text)
  const at = before === undefined ? readTime(text) : (other ?? (yield* Clock.currentTimeMillis)) - before
  return at === undefined ? yield* wrong(flag, text) : at
})

/** A time, or how long after another, or from now on. */
export const timeAfter = Effect.fnUntraced(function*(flag: string, text: string, other?: number) {
  const after = readDuration(text)
  const at = after === undefined ? readTime(text) : (other ?? (yield* Clock.currentTimeMillis)) + after
  return at === undefined ? yield* wrong(flag, text) : at
})

export const timeText = (millis: number): string => new Date(millis).toISOString()
