import type { Effect, Scope } from "effect"
import type { ToolMissing } from "../stack/Tools.ts"
import type { Harness } from "./Harness.ts"
import { median } from "./statistics.ts"

/** One thing measured, once per round, ours and the bare baseline taking turns. */
export interface Figure {
  readonly what: string
  readonly unit: string
  readonly ours: ReadonlyArray<number>
  /** Empty where nothing bare can be compared. */
  readonly baseline: ReadonlyArray<number>
}

export interface Target {
  readonly what: string
  readonly wanted: string
  readonly got: number
  readonly met: boolean
}

export interface Outcome {
  readonly figures: ReadonlyArray<Figure>
  readonly targets: ReadonlyArray<Target>
  /** Program → most memory it held, MB. */
  readonly memoryMb: Readonly<Record<string, number>>
  readonly limitedBy: string
}

export interface Pace {
  readonly rounds: number
  readonly warmUpMs: number
  readonly measureMs: number
  /** Rows of the record, where it is searched. */
  readonly rows: number
  /** How long a tail of the console is followed; 0: not at all. */
  readonly minutes: number
  /** One line about what is under way. */
  readonly progress: (line: string) => Effect.Effect<void>
}

/** Every bench, in the order in which they run. */
export const benchNames = [
  "intake-single",
  "intake-ndjson",
  "intake-tls",
  "syslog-udp",
  "alerter-1000",
  "alerter-10000",
  "silences-1000",
  "silences-10000",
  "peers",
  "forwarder",
  "latency",
  "explain",
  "hostile-regex",
  "slow-patterns",
  "backtest",
  "start",
  "console"
] as const

export interface Bench {
  readonly name: (typeof benchNames)[number]
  readonly title: string
  readonly baseline: string
  /** What not every machine has. Where it is missing the bench is left out, and the others run. */
  readonly needs?: Effect.Effect<unknown, ToolMissing>
  readonly run: (harness: Harness, flow: Pace) => Effect.Effect<Outcome, unknown, Scope.Scope>
}

/** How ours compares, by the median of the rounds: each round's two runs lie next to each other in time. */
export const ratio = ({ baseline, ours }: Figure): number =>
  median(ours.flatMap((value, round) => {
    const bare = baseline[round]
    return bare === undefined ? [] : [value / bare]
  }))

export const atLeast = (what: string, got: number, least: number): Target => ({
  what,
  wanted: `≥ ${least.toLocaleString("en")}`,
  got,
  met: got >= least
})

export const atMost = (what: string, got: number, most: number): Target => ({
  what,
  wanted: `≤ ${most.toLocaleString("en")}`,
  got,
  met: got <= most
})

/** Every program keeps below this at every load. */
export const memoryTargets = (memoryMb: Readonly<Record<string, number>>): ReadonlyArray<Target> =>
  Object.entries(memoryMb).map(([program, peak]) => atMost(`${program} memory MB`, peak, 200))
