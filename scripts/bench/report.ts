import { availableParallelism, cpus, totalmem } from "node:os"
import { type Bench, type Outcome, ratio } from "./Bench.ts"
import { median } from "./statistics.ts"

export interface Measured {
  readonly bench: Bench
  readonly outcome: Outcome
}

const round = (value: number): number => Number(value.toPrecision(value >= 1_000 ? 5 : 3))

/** What the numbers were measured on. */
export const machine = (servers: Readonly<Record<string, string>>) => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? "unknown",
  memoryMb: Math.round(totalmem() / 1_048_576),
  node: process.version,
  ...servers
})

/** Everything, for a program that compares runs. */
export const asJson = (measured: ReadonlyArray<Measured>, about: object) => ({
  ...about,
  benches: measured.map(({ bench, outcome }) => ({
    name: bench.name,
    title: bench.title,
    baseline: bench.baseline,
    figures: outcome.figures.map((figure) => ({
      what: figure.what,
      unit: figure.unit,
      ours: { median: round(median(figure.ours)), rounds: figure.ours.map(round) },
      ...(figure.baseline.length === 0 ? {} : {
        baseline: { median: round(median(figure.baseline)), rounds: figure.baseline.map(round) },
        ...(Number.isFinite(ratio(figure)) ? { ratio: round(ratio(figure)) } : {})
      })
    })),
    targets: outcome.targets.map((target) => ({ ...target, got: round(target.got) })),
    memoryMb: Object.fromEntries(Object.entries(outcome.memoryMb).map(([name, peak]) => [name, Math.round(peak)])),
    limitedBy: outcome.limitedBy
  }))
})

const shown = (value: number) => round(value).toLocaleString("en", { maximumFractionDigits: 3 })

const columns = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row.map((cell, column) => column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))
      .join("  ")
  )
}

/** A table for people. */
export const asTable = (measured: ReadonlyArray<Measured>): string =>
  measured.map(({ bench, outcome }) => {
    const figures = outcome.figures.map((figure) => [
      `${figure.what} (${figure.unit})`,
      shown(median(figure.ours)),
      figure.baseline.length === 0 ? "" : shown(median(figure.baseline)),
      Number.isFinite(ratio(figure)) ? shown(ratio(figure)) : ""
    ])
    const targets = outcome.targets.map((target) => [
      target.what,
      shown(target.got),
      target.wanted,
      target.met ? "met" : "MISSED"
    ])
    return [
      `${bench.title}`,
      `  beside: ${bench.baseline}`,
      ...columns([["", "ours", "bare", "ratio"], ...figures]).map((line) => `  ${line}`),
      ...columns([["target", "got", "wanted", ""], ...targets]).map((line) => `  ${line}`),
      `  limited by ${outcome.limitedBy}`
    ].join("\n")
  }).join("\n\n")
