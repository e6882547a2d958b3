import { type Objective, objectiveDays, objectives } from "../domain/Objective.ts"

/** How far burn rates look back. */
export const windows = ["5m", "30m", "1h", "6h", "3d"] as const
export type Window = (typeof windows)[number]

/** Names the recorded share of bad ones over a window. */
export const ratioOf = (name: Objective["name"], window: Window) => `mutt:slo:${name}:ratio_rate${window}`
/** Names the recorded number a second, over five minutes. */
export const rateOf = (name: Objective["name"], which: "all" | "bad") => `mutt:slo:${name}:${which}_rate5m`

/** How fast a budget may go before somebody is told. 1 spends that of 30 days in 30 days. */
export const burnLimits = [
  { rate: 14.4, windows: ["1h", "5m"] },
  { rate: 6, windows: ["6h", "30m"] },
  { rate: 1, windows: ["3d", "6h"] }
] as const

const labelled = (query: string, name: string, window: string) =>
  `label_replace(label_replace(${query}, "objective", "${name}", "", ""), "window", "${window}", "", "")`

const whole = `${objectiveDays}d`
const overall = (name: Objective["name"]) =>
  `avg_over_time(${rateOf(name, "bad")}[${whole}]) / (avg_over_time(${rateOf(name, "all")}[${whole}]) > 0)`

/** One query of Prometheus for the shares of bad ones, by labels `objective` and `window`. */
export const objectivesQuery = [
  ...objectives.map(({ name }) => labelled(overall(name), name, whole)),
  ...objectives.flatMap(({ name }) => windows.map((window) => labelled(ratioOf(name, window), name, window)))
].join(" or ")
