import { Clock, Effect, Option } from "effect"
import { Flag } from "effect/cli"
import { readDuration } from "../../src/rulefile/testTime.ts"
import { failedWith } from "./api.ts"

export const since = Flag.String("since").pipe(
  Flag.optional,
  Flag.withDescription("Only from then on: a time such as 2026-08-22T10:00Z, or how long ago: 90m, 24h, 7d")
)
export const until = Flag.String("until").pipe(Flag.optional, Flag.withDescription("Only before then, said alike"))

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

/** What such a flag says as the API takes it, if it says something. */
export const timeGiven = (flag: string, text: Option.Option<string>) =>
  Option.isNone(text) ? Effect.succeed(undefined) : Effect.map(timeBefore(flag, text.value), timeText)
