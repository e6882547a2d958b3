import { Result } from "effect"
import type { HostsImported, ImportedHost } from "../../../../../src/api/web-ui/HeardHosts.ts"
import { ImportDialog } from "../../parts/ImportDialog.tsx"
import { changeHosts, previewHosts } from "./changeHosts.ts"
import { isNothing, linesOf } from "./hostChanges.ts"
import { readHostFile } from "./hostFile.ts"

/** Characters of an import. */
const longest = 4_000_000
/** Changes that are shown one by one. */
const shown = 200

interface Checked {
  readonly rows: ReadonlyArray<ImportedHost>
  readonly would: HostsImported
}

const check = async (text: string) => {
  const read = readHostFile(text)
  if (Result.isFailure(read)) {
    return { wrong: { tag: "Invalid", detail: "This can't be used.", fields: read.failure, correlationId: undefined } }
  }
  const rows = read.success
  return { checked: { rows, would: await previewHosts(rows) } }
}

const shows = ({ would }: Checked) => {
  if (isNothing(would)) return undefined
  const lines = linesOf(would)
  return (
    <>
      <p role="status">{`${lines.length} changes, ${would.unchanged} lines say what is so already.`}</p>
      <ul className="import-lines" aria-label="What would change">
        {lines.slice(0, shown).map((line) => (
          <li key={line}>
            <code>{line}</code>
          </li>
        ))}
        {lines.length > shown && <li>And {lines.length - shown} more.</li>}
      </ul>
    </>
  )
}

const apply = async ({ rows, would }: Checked, reason: string) => {
  const count = linesOf(would).length
  const said = `${count} ${count === 1 ? "change" : "changes"} of hosts are imported.`
  await changeHosts(rows, would.version, said, { reason, force: false })
}

const format = (
  <>
    A line for each: host or pattern, <code>dev</code> or <code>prod</code>, team. What is empty stays as it is;{" "}
    <code>-</code> takes the team away.
  </>
)

/** Many hosts and patterns at once: first what would change, then the change, as one version. */
export const HostsImport = ({ close }: { readonly close: () => void }) => (
  <ImportDialog<Checked>
    title="Import hosts and teams"
    fileLabel="File"
    accept=".csv,.txt,.json"
    longest={longest}
    placeholder={"lab-*,dev,\ncore-1,prod,WAN"}
    format={format}
    check={check}
    shows={shows}
    apply={apply}
    close={close}
  />
)
