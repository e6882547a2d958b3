import { Console, Effect } from "effect"

/** What one part of the run was meant to show, in figures, and what speaks against it. */
export interface Proof {
  readonly what: string
  readonly figures: Readonly<Record<string, number>>
  readonly problems: ReadonlyArray<string>
}

/** The least value that so large a share of the values does not exceed. */
export const percentile = (values: ReadonlyArray<number>, share: number): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0)

/** Prints what came of a run; a problem makes the process end with 1. */
export const printProofs = (proofs: ReadonlyArray<Proof>, json: boolean): Effect.Effect<void> =>
  Effect.gen(function*() {
    yield* Console.log(json ? JSON.stringify(proofs, undefined, 2) : table(proofs))
    if (proofs.some(({ problems }) => problems.length > 0)) process.exitCode = 1
  })

/** Figures in two columns, and the problems under them. */
const table = (proofs: ReadonlyArray<Proof>): string =>
  proofs.map(({ figures, problems, what }) => {
    const rows = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(52)} ${String(value).padStart(8)}`)
    const bad = problems.slice(0, 20).map((problem) => `  PROBLEM: ${problem}`)
    return [`${what}: ${problems.length === 0 ? "holds" : "DOES NOT HOLD"}`, ...rows, ...bad].join("\n")
  }).join("\n\n")
