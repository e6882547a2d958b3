import { valuesTable } from "../chart/valuesTable.ts"
import { alertsTable } from "./alertsTable.ts"
import { commandsTable } from "./commands.ts"
import { endpointsTable } from "./endpoints.ts"
import type { Generated } from "./generated.ts"
import { metricsTable } from "./metricsTable.ts"
import { objectivesTable } from "./objectivesTable.ts"
import { redisUsers } from "./redisUsers.ts"
import { settingsTable } from "./settingsTable.ts"

/** Every part of a page that is made from the code. */
export const pages: ReadonlyArray<Generated> = [
  { page: "docs/CONFIGURATION.md", mark: "The table of settings", text: settingsTable },
  { page: "docs/CONFIGURATION.md", mark: "The list of commands", text: commandsTable },
  { page: "docs/API.md", mark: "The list of paths", text: endpointsTable },
  { page: "docs/OBSERVABILITY.md", mark: "The list of alerts", text: alertsTable },
  { page: "docs/OBSERVABILITY.md", mark: "The list of objectives", text: objectivesTable },
  { page: "docs/OBSERVABILITY.md", mark: "The list of metrics", text: metricsTable },
  { page: "docs/SECURITY.md", mark: "The users of Redis", text: redisUsers },
  { page: "deploy/helm/mutt/README.md", mark: "The table of values", text: valuesTable }
]
