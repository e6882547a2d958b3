import { Effect } from "effect"
import type { Check } from "./Check.ts"
import { type DeployTools, whyMissing } from "./DeployTools.ts"

export interface Outcome {
  readonly name: string
  readonly ended: "ok" | "failed" | "skipped"
  readonly seconds: number
  /** What was seen, or what is wrong. */
  readonly lines: ReadonlyArray<string>
}

/**
 * Runs a check whose tools are there. One that cannot run is skipped on the machine of a developer; CI fails by it, as
 * nobody would notice that it is never run, unless it is heavy.
 */
export const runCheck = (check: Check, found: DeployTools, ci: boolean): Effect.Effect<Outcome> =>
  Effect.gen(function*() {
    const begun = performance.now()
    const cannotRun = (because: ReadonlyArray<string>) => ({
      ended: ci && check.heavy !== true ? "failed" as const : "skipped" as const,
      lines: because
    })
    const missing = check.tools.filter((name) => found.tools[name] === undefined)
    const { ended, lines } = missing.length > 0
      ? cannotRun(missing.map((name) => whyMissing(found, name)))
      : yield* check.run((name) => found.tools[name] ?? name).pipe(
        Effect.map((seen) => ({ ended: "ok" as const, lines: [seen] })),
        Effect.catchTags({
          CheckFailed: ({ problems }) => Effect.succeed({ ended: "failed" as const, lines: problems }),
          CannotRun: ({ because }) => Effect.succeed(cannotRun([because]))
        })
      )
    return { name: check.name, ended, lines, seconds: Math.round(performance.now() - begun) / 1_000 }
  })

/** One line of a check that went well; of one that failed all that is wrong, below each other. */
export const linesOf = ({ ended, lines: [first = "", ...rest], name, seconds }: Outcome): string =>
  [`${ended.padEnd(8)}${name} (${seconds.toFixed(1)} s): ${first}`, ...rest.map((line) => `        ${line}`)].join("\n")
