import type { Alert } from "./Alert.ts"
import { budgetAlerts } from "./budgetAlerts.ts"
import { flowAlerts } from "./flowAlerts.ts"
import { type Recording, recordingGroups } from "./recordingRules.ts"
import { serverAlerts } from "./serverAlerts.ts"

export const made = "# Made by `npm run docs` from scripts/monitoring; change it there.\n"

/** Groups in the order of their evaluation; causes come before what follows of them. */
export const alertGroups: Readonly<Record<string, ReadonlyArray<Alert>>> = {
  "mutt-servers": serverAlerts,
  "mutt-promise": flowAlerts.promise,
  "mutt-delivery": flowAlerts.delivery,
  "mutt-pipeline": flowAlerts.pipeline,
  "mutt-watching": flowAlerts.watching,
  "mutt-budgets": budgetAlerts
}

export const alerts: ReadonlyArray<Alert> = Object.values(alertGroups).flat()

const block = (key: string, text: string, indent: string): string =>
  `${indent}${key}: |-\n${text.split("\n").map((line) => `${indent}  ${line}`).join("\n")}`

const mapping = (key: string, values: Readonly<Record<string, string>> = {}, indent: string): ReadonlyArray<string> =>
  Object.keys(values).length === 0
    ? []
    : [`${indent}${key}:`, ...Object.entries(values).map(([name, value]) => `${indent}  ${name}: ${quoted(value)}`)]

/** A string of JSON is one of YAML. */
const quoted = (text: string): string => JSON.stringify(text)

const alertText = (alert: Alert, factor: number): string => {
  const { expr, forSeconds, labels, name, severity, summary, toDo } = alert
  return [
    `      - alert: ${name}`,
    block("expr", expr, "        "),
    ...(forSeconds === 0 ? [] : [`        for: ${Math.ceil(forSeconds * factor)}s`]),
    ...mapping("labels", { severity, ...labels }, "        "),
    ...mapping(
      "annotations",
      {
        summary,
        description: `${sentence(alert.means)} ${toDo}`,
        runbook_url: `docs/RUNBOOK.md#${name.toLowerCase()}`
      },
      "        "
    )
  ].join("\n")
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`

const recordText = ({ expr, labels, record }: Recording): string =>
  [`      - record: ${record}`, block("expr", expr, "        "), ...mapping("labels", labels, "        ")].join("\n")

const groupsText = (groups: Readonly<Record<string, string>>, interval: string): string =>
  `${made}groups:\n${
    Object.entries(groups).map(([name, rules]) =>
      `  - name: ${name}\n    interval: ${interval}\n    rules:\n${rules}\n`
    ).join("")
  }`

const each = <A>(groups: Readonly<Record<string, ReadonlyArray<A>>>, text: (rule: A) => string) =>
  Object.fromEntries(Object.entries(groups).map(([name, rules]) => [name, rules.map(text).join("\n")]))

/** `factor` shortens how long a condition must hold, for a proof that has no hours. */
export const alertsFile = (factor = 1, interval = "30s"): string =>
  groupsText(each(alertGroups, (alert) => alertText(alert, factor)), interval)

export const recordingFile = (interval = "30s"): string => groupsText(each(recordingGroups, recordText), interval)
