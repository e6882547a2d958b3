import type { AlertCase } from "./AlertCase.ts"
import { alertCases } from "./alertCases.ts"
import { well } from "./alertSeries.ts"
import { recordingGroups } from "./recordingRules.ts"
import { alertGroups, made } from "./rulesFile.ts"

/** Text in single quotes, as YAML has it. */
const single = (text: string) => `'${text.replaceAll("'", "''")}'`

const one = ({ at, fires, name, series }: AlertCase): string =>
  [
    `  - name: ${single(name)}`,
    "    interval: 1m",
    "    input_series:",
    ...Object.entries({ ...well, ...series }).map(([series, values]) =>
      `      - { series: ${single(series)}, values: ${single(values)} }`
    ),
    "    promql_expr_test:",
    "      - expr: group by (alertname) (ALERTS{alertstate=\"firing\"})",
    `        eval_time: ${at}m`,
    "        exp_samples:",
    ...["MuttWatchdog", ...fires].map((alert) =>
      `          - { labels: ${single(`{alertname="${alert}"}`)}, value: 1 }`
    )
  ].join("\n")

/** For `promtool test rules`: in each case one thing is broken, and exactly what is listed fires. */
export const alertTestsFile = (): string =>
  `${made}rule_files: [recording.rules.yml, alerts.rules.yml]
evaluation_interval: 1m
group_eval_order: [${[...Object.keys(recordingGroups), ...Object.keys(alertGroups)].join(", ")}]
tests:
${alertCases.map(one).join("\n")}
`
