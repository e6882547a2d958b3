import type { BacktestExample, BacktestResult } from "../../src/domain/BacktestResult.ts"
import { DecisionOutcome } from "../../src/domain/Decision.ts"
import { counted } from "../../src/rulefile/words.ts"
import { shown, table } from "./output.ts"

/** Rows of a list that are shown to people; JSON has all. */
const most = 15
/** Examples of each pair of outcomes. */
const examples = 3

/** A backtest for people: what differs, the matrix, and what it means for alerts. */
export const backtestLines = (result: BacktestResult): ReadonlyArray<string> => {
  const { all, differing, from, matrix, ms, of, read, sample, to } = result
  const share = sample === 1 ? "" : `, one in ${sample.toLocaleString("en")}`
  const rate = Math.round(read / Math.max(1, ms) * 1_000)
  return [
    `${from} to ${to}: ${read.toLocaleString("en")} of ${counted(of, "event")} read${share}, in ${
      (ms / 1_000).toFixed(1)
    } s (${rate.toLocaleString("en")}/s).`,
    differing === 0
      ? "No event would be decided otherwise."
      : `${counted(differing, "event")} would be decided otherwise.`,
    "",
    ...matrixLines(matrix),
    "",
    `Alerts ${change(all.old.alerts, all.new.alerts)}, of which pages ${change(all.old.pages, all.new.pages)}.`,
    ...listOf("rule", result.rules.map(({ rule, ...sides }) => ({ name: rule, ...sides }))),
    ...listOf("team", result.teams.map(({ team, ...sides }) => ({ name: team, ...sides }))),
    ...(differing === 0 ? [] : [
      "",
      ...table(
        ["host", "differ", "alerts", "pages"],
        result.hosts.slice(0, most).map(({ differing, hostname, new: after, old }) => [
          hostname,
          String(differing),
          change(old.alerts, after.alerts),
          change(old.pages, after.pages)
        ])
      )
    ]),
    ...matrix.flatMap((cell) => cell.examples.slice(0, examples).flatMap(exampleLines)),
    ...(result.could_not_know.length === 0 ? [] : ["", "It does not show:"]),
    ...result.could_not_know.map(({ detail }) => `  ${detail}`)
  ]
}

const change = (old: number, after: number): string =>
  old === after ? old.toLocaleString("en") : `${old.toLocaleString("en")} -> ${after.toLocaleString("en")}`

const matrixLines = (matrix: BacktestResult["matrix"]): ReadonlyArray<string> => {
  const outcomes = DecisionOutcome.literals
  const cell = (old: string, after: string): string => {
    const found = matrix.find((one) => one.old === old && one.new === after)
    if (found === undefined) return "."
    const count = found.count.toLocaleString("en")
    return found.differing === 0 || old !== after ? count : `${count} (${found.differing.toLocaleString("en")} differ)`
  }
  return table(
    ["before \\ after", ...outcomes],
    outcomes.map((old) => [String(old)].concat(outcomes.map((after) => cell(old, after))))
  )
}

type Row = Pick<BacktestResult["rules"][number], "old" | "new"> & { readonly name: string }

const listOf = (title: string, rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const changed = rows.filter(({ new: after, old }) => old.alerts !== after.alerts || old.pages !== after.pages)
  if (changed.length === 0) return []
  const more = changed.length > most ? [`and ${changed.length - most} more`] : []
  return [
    "",
    ...table(
      [title, "alerts", "pages"],
      changed.slice(0, most).map(({ name, new: after, old }) => [
        name,
        change(old.alerts, after.alerts),
        change(old.pages, after.pages)
      ])
    ),
    ...more
  ]
}

const exampleLines = ({ hostname, message, new: after, old, ref }: BacktestExample): ReadonlyArray<string> => [
  "",
  `${hostname}: ${shown(message)}`,
  `  ${words(old)} -> ${words(after)}`,
  `  ${ref}`
]

const words = ({ handling, outcome, rule, team }: BacktestExample["old"]): string =>
  rule === null ? `${outcome} (${team})` : `${outcome} by ${rule} (${handling}, ${team})`
