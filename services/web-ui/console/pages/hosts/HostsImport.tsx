import { Result } from "effect"
import { type FormEvent, useId, useState } from "react"
import type { HostsImported, ImportedHost } from "../../../../../src/api/web-ui/HeardHosts.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { Action } from "../../parts/Action.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
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

/** Many hosts and patterns at once: first what would change, then the change, as one version. */
export const HostsImport = ({ close }: { readonly close: () => void }) => {
  const id = useId()
  const [text, setText] = useState("")
  const [reason, setReason] = useState("")
  const [checked, setChecked] = useState<Checked>()
  const [trouble, setTrouble] = useState<TroubleType>()
  const [busy, setBusy] = useState(false)

  const during = async (work: () => Promise<void>) => {
    setBusy(true)
    setTrouble(undefined)
    try {
      await work()
    } catch (error) {
      setTrouble(troubleOf(error))
    } finally {
      setBusy(false)
    }
  }
  const check = (event: FormEvent) => {
    event.preventDefault()
    const read = readHostFile(text)
    if (Result.isFailure(read)) {
      setTrouble({ tag: "Invalid", detail: "This can't be used.", fields: read.failure, correlationId: undefined })
      return
    }
    const rows = read.success
    void during(async () => setChecked({ rows, would: await previewHosts(rows) }))
  }
  const apply = ({ rows, would }: Checked) =>
    during(async () => {
      const count = linesOf(would).length
      await changeHosts(rows, would.version, `${count} ${count === 1 ? "change" : "changes"} of hosts are imported.`, {
        reason,
        force: false
      })
      close()
    })
  const edit = (text: string) => {
    setChecked(undefined)
    setText(text)
  }
  const lines = checked === undefined ? [] : linesOf(checked.would)
  return (
    <Dialog wide title="Import hosts and teams" close={close}>
      <form onSubmit={check}>
        <div className="field">
          <label htmlFor={`${id}-file`}>File</label>
          <input
            id={`${id}-file`}
            type="file"
            accept=".csv,.txt,.json"
            onChange={(event) => void event.target.files?.[0]?.text().then(edit)}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-text`}>Or its text</label>
          <textarea
            id={`${id}-text`}
            className="mono"
            rows={8}
            maxLength={longest}
            spellCheck={false}
            placeholder={"lab-*,dev,\ncore-1,prod,WAN"}
            aria-describedby={`${id}-says`}
            value={text}
            onChange={(event) => edit(event.target.value)}
          />
          <p id={`${id}-says`} className="quiet-text">
            A line for each: host or pattern, <code>dev</code> or <code>prod</code>, team. What is empty stays as it is;
            {" "}
            <code>-</code> takes the team away.
          </p>
        </div>
        {trouble !== undefined && <Trouble of={trouble} />}
        {checked !== undefined && (
          <>
            <p role="status">
              {isNothing(checked.would)
                ? "Nothing changes."
                : `${lines.length} changes, ${checked.would.unchanged} lines say what is so already.`}
            </p>
            <ul className="import-lines" aria-label="What would change">
              {lines.slice(0, shown).map((line) => (
                <li key={line}>
                  <code>{line}</code>
                </li>
              ))}
              {lines.length > shown && <li>And {lines.length - shown} more.</li>}
            </ul>
            <Reason value={reason} set={setReason} />
          </>
        )}
        <div className="actions">
          <button type="button" onClick={close}>Cancel</button>
          <Action needs="operator" type="submit" disabled={busy || text.trim() === ""}>See what would change</Action>
          <Action
            needs="operator"
            className="primary"
            disabled={busy || checked === undefined || isNothing(checked.would)}
            onClick={() => checked !== undefined && void apply(checked)}
          >
            Import
          </Action>
        </div>
      </form>
    </Dialog>
  )
}
