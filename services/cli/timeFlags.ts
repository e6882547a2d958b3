import { Clock, Effect, Option } from "effect"
import { Flag } from "effect/cli"

export const since = Flag.String("since").pipe(
  Flag.optional,
  Flag.withDescription("Only from then on: a time such as 2026-08-22T10:00Z, or how long ago: 90m, 24h, 7d")
)
export const until = Flag.String("until").pipe(Flag.optional, Flag.withDescription("Only before then, said alike"))

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const ago = /^(\d{1,6})([smhd])$/

/** The time as the API takes it; what is no length of time is sent as it is, and judged there. */
export const timeGiven = (text: Option.Option<string>): Effect.Effect<string | undefined> =>
  Effect.gen(function*() {
    if (Option.isNone(text)) return undefined
    const [, count, unit] = ago.exec(text.value) ?? []
    if (count === undefined) return text.value
    const length = Number(count) * (unit === "s" || unit === "m" || unit === "h" || unit === "d" ? units[unit] : 0)
    return new Date((yield* Clock.currentTimeMillis) - length).toISOString()
  })
