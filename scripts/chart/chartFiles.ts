import { monitoringFiles } from "../monitoring/files.ts"
import { chartFolder } from "./chartFolder.ts"
import { valuesSchema } from "./valuesSchema.ts"

/** Rules and dashboards, which a chart can only read from its own folder. */
const copies = monitoringFiles.flatMap(({ path, text }) => {
  const [, kind = "", name = ""] =
    /^deploy\/(prometheus|grafana\/dashboards)\/((?:alerts|recording)\.rules\.yml|.*\.json)$/.exec(path) ?? []
  return name === ""
    ? []
    : [{ path: `${chartFolder}/files/${kind === "prometheus" ? "" : "dashboards/"}${name}`, text }]
})

/** Every file of the chart that is made from the code. */
export const chartFiles: ReadonlyArray<{ readonly path: string; readonly text: () => string }> = [
  { path: `${chartFolder}/values.schema.json`, text: () => `${JSON.stringify(valuesSchema(), undefined, 1)}\n` },
  ...copies
]
