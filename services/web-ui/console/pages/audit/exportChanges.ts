import { ask } from "../../api/client.ts"
import { everyPage } from "../../api/everyPage.ts"
import type { ReadAll } from "../../parts/Export.tsx"
import { notify } from "../../shell/Notices.tsx"
import { exportRow } from "./changeRow.ts"
import type { queryOf } from "./search.ts"

/** Every change that a filter finds, each held against its hash. */
export const allChanges = (query: ReturnType<typeof queryOf>): ReadAll =>
  async function*(signal) {
    let wrong = 0
    const pages = everyPage(async (cursor) => {
      const asked = { ...query, limit: 200, ...(cursor === "" ? {} : { cursor }) }
      const { logs, pagination } = await ask((api) => api.auditLogs.configLogs({ query: asked }), signal)
      return { rows: logs.map(exportRow), next: pagination.next_cursor }
    })
    for await (const rows of pages) {
      wrong += rows.filter(({ as_written }) => !as_written).length
      yield rows
    }
    if (wrong > 0) notify(`${wrong} of the links are not as they were written: see \`as_written\`.`, { tone: "err" })
  }
