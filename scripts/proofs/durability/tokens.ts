import { Effect } from "effect"
import type { Redis } from "../../../layers/redis/Redis.ts"

const linesOf = (reply: unknown): ReadonlyArray<string> =>
  Array.isArray(reply) ? reply.flatMap(linesOf) : String(reply).split("\n")

/** How often a server holds each event, by the token that its text has. */
export const tokensIn = Effect.fnUntraced(function*(admin: Redis["Service"], stream: string) {
  const counts = new Map<string, number>()
  for (const line of linesOf(yield* admin.command("XRANGE", stream, "-", "+"))) {
    // An event is a line, and may tell its text more than once.
    for (const token of new Set(line.match(/token-\d+-end/g))) counts.set(token, (counts.get(token) ?? 0) + 1)
  }
  return counts
})
