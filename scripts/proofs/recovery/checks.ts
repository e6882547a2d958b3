import { Effect } from "effect"
import type { Harness } from "./Harness.ts"

/** Seconds within which all must be as before. */
const mostSeconds = 60

/** What holds after every recovery, and what it took. */
export const checked = Effect.fnUntraced(function*(
  harness: Harness,
  { lost, promised, seconds }: {
    /** Tokens of alerts that the platform must have. */
    readonly promised: ReadonlyArray<string>
    /** Tokens of events that must be gone. */
    readonly lost: ReadonlyArray<string>
    readonly seconds: number
  }
) {
  const platform = yield* harness.platform
  const rows = yield* harness.rows
  const page = yield* harness.readBooks
  const missing = promised.filter((token) => !platform.has(token))
  const found = lost.filter((token) => platform.has(token) || rows.has(token))
  const doubled = [...platform].filter(([token, ids]) =>
    ids.size > 1 || (rows.has(token) && !ids.has(rows.get(token) ?? ""))
  )
  const verified = yield* harness.shell("mutt audit verify\n", {})
  return {
    figures: {
      "alerts promised": promised.length,
      "alerts lost": missing.length,
      "events lost": lost.length - found.length,
      "deliveries repeated, which the platform dropped":
        (yield* harness.moog.received(Number.MAX_SAFE_INTEGER)).repeats,
      "from the loss to the last command, seconds": Math.round(seconds)
    },
    problems: [
      ...missing.map((token) => `the platform has no alert of ${token}`),
      ...found.map((token) => `${token} should be gone and is there`),
      ...doubled.map(([token]) => `the platform has ${token} under another id`),
      ...(page.balanced ? [] : [`the books do not balance: ${JSON.stringify(page)}`]),
      ...(verified.includes("The chain is whole") ? [] : [`the chain is not whole: ${verified}`]),
      ...(seconds <= mostSeconds ? [] : [`it took ${Math.round(seconds)} s`])
    ]
  }
})

/** Says what was printed when it lacks a part. */
export const lacks = (said: string, ...parts: ReadonlyArray<string | RegExp>): ReadonlyArray<string> =>
  parts.flatMap((part) =>
    (typeof part === "string" ? said.includes(part) : part.test(said))
      ? []
      : [`"${String(part)}" was not said, but: ${said}`]
  )
