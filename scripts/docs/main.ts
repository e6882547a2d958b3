import { readFileSync, writeFileSync } from "node:fs"
import { withSettingsTable } from "./settingsTable.ts"

const page = new URL("../../docs/CONFIGURATION.md", import.meta.url)
writeFileSync(page, withSettingsTable(readFileSync(page, "utf8")))
