import { alertTestsFile } from "./alertTests.ts"
import { dashboardFile } from "./dashboardFile.ts"
import { dashboards } from "./panels.ts"
import { alertsFile, recordingFile } from "./rulesFile.ts"

/** Every file of `deploy` that is made from the code. */
export const monitoringFiles: ReadonlyArray<{ readonly path: string; readonly text: () => string }> = [
  { path: "deploy/prometheus/alerts.rules.yml", text: () => alertsFile() },
  { path: "deploy/prometheus/recording.rules.yml", text: () => recordingFile() },
  { path: "deploy/prometheus/alerts.test.yml", text: alertTestsFile },
  ...dashboards.map((dashboard) => ({
    path: `deploy/grafana/dashboards/${dashboard.uid}.json`,
    text: () => dashboardFile(dashboard)
  }))
]
