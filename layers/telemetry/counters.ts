import { Metric } from "effect"

/**
 * Makes the series of one counter. Each is a metric of its own, which remembers its name: `Metric.withAttributes` on a shared one spells
 * the name anew whenever another series was counted before, at ten times the cost.
 */
export const counters = (id: string, description: string) => (attributes: Readonly<Record<string, string>>) =>
  Metric.counter(id, { description, incremental: true, attributes })
