import type { HostsImported, ImportedHost } from "../../../../../src/api/web-ui/HeardHosts.ts"
import { ask } from "../../api/client.ts"
import { queries } from "../../api/query.ts"
import { rememberReason } from "../../parts/Reason.tsx"
import { notify } from "../../shell/Notices.tsx"
import { inverseOf, isNothing } from "./hostChanges.ts"

type Rows = ReadonlyArray<ImportedHost>

export const readHostsAgain = (): Promise<unknown> =>
  Promise.all([["hosts"], ["host"], ["patterns"]].map((queryKey) => queries.invalidateQueries({ queryKey })))

/** What the rows would change, and in which version of rules and hosts. */
export const previewHosts = (rows: Rows): Promise<HostsImported> =>
  ask((api) => api.heardHosts.import({ headers: {}, payload: { rows, dry_run: true } }))

const write = (rows: Rows, version: number, why: { readonly reason: string; readonly force: boolean }) =>
  ask((api) =>
    api.heardHosts.import({
      headers: { "if-match": `"${version}"` },
      payload: {
        rows,
        ...(why.reason.trim() === "" ? {} : { reason: why.reason.trim() }),
        ...(why.force ? { force: true } : {})
      }
    })
  )

/** Taken back only while it is as this change left it. */
const takeBack = async (rows: Rows, made: HostsImported): Promise<void> => {
  const now = await previewHosts(rows)
  if (!isNothing(now)) throw new ChangedSince()
  await write(inverseOf(made), now.version, { reason: "Taken back in the console.", force: false })
  await readHostsAgain()
}

/** Somebody else changed the same hosts. */
class ChangedSince extends Error {
  readonly _tag = "ChangedSince"
  readonly detail = "Somebody else changed it since."
}

/** Makes hosts and patterns what the rows say, if all is as in `version`, and offers to take it back. */
export const changeHosts = async (
  rows: Rows,
  version: number,
  text: string,
  why: { readonly reason: string; readonly force: boolean }
): Promise<void> => {
  const made = await write(rows, version, why)
  rememberReason(why.reason)
  notify(text, { undo: () => takeBack(rows, made) })
  await readHostsAgain()
}
