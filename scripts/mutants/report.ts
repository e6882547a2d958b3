import type { Described } from "./Mutant.ts"
import type { Verdict } from "./Verdicts.ts"

export interface Tried {
  readonly mutant: Described
  readonly verdict: Verdict
}

/** Killed by a test, by a time limit or by the types, in percent of all that were tried. */
export const scoreOf = (tried: ReadonlyArray<Tried>): number =>
  tried.length === 0 ? 100 : 100 * tried.filter(({ verdict }) => verdict !== "survived").length / tried.length

export const line = ({ after, before, file, line }: Described): string =>
  `${file}:${line}  ${before}  →  ${after === "" ? "(nothing)" : after}`

const count = (tried: ReadonlyArray<Tried>, which: Verdict) => tried.filter(({ verdict }) => verdict === which).length

export const summary = (tried: ReadonlyArray<Tried>, explained: number, seed: number) => ({
  seed,
  tried: tried.length,
  killed: count(tried, "killed"),
  untyped: count(tried, "untyped"),
  late: count(tried, "late"),
  survived: tried.filter(({ verdict }) => verdict === "survived").map(({ mutant }) => mutant),
  explained,
  score: Math.round(10 * scoreOf(tried)) / 10
})

export const words = ({ explained, killed, late, score, survived, tried, untyped }: ReturnType<typeof summary>) =>
  [
    ...survived.map((mutant) => `survived  ${line(mutant)}`),
    `${tried} mutants: ${killed} killed by tests, ${untyped} by types, ${late} timed out, ${survived.length} survived; `
    + `${explained} more change nothing. Score ${score} %.`
  ].join("\n")
