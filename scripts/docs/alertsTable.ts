import { alerts } from "../monitoring/rulesFile.ts"
import { markdownTable } from "./generated.ts"

const rank = ["page", "ticket", "none"]

/** Every alert: those that wake somebody first. Those of one name are one row. */
export const alertsTable = (): string => {
  const byName = Map.groupBy(alerts, ({ name }) => name)
  const rows = [...byName].map(([name, all]) => {
    const severities = [...new Set(all.map(({ severity }) => severity))]
    const means = all.length === 1 ? all[0]?.means ?? "" : `${all[0]?.means ?? ""} or less fast for longer`
    return { name, severities, means: means.charAt(0).toUpperCase() + means.slice(1) }
  })
  const order = ({ severities }: (typeof rows)[number]) => rank.indexOf(severities[0] ?? "none")
  return markdownTable(
    ["alert", "severity", "what it means", "what to do"],
    rows.toSorted((a, b) => order(a) - order(b)).map(({ means, name, severities }) => [
      `\`${name}\``,
      severities.join(", "),
      means,
      `[runbook](RUNBOOK.md#${name.toLowerCase()})`
    ])
  )
}
