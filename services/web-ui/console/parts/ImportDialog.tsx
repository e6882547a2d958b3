import { type FormEvent, type ReactNode, useId, useState } from "react"
import type { Trouble as TroubleType } from "../api/problems.ts"
import { Action } from "./Action.tsx"
import { Dialog } from "./Dialog.tsx"
import { Reason } from "./Reason.tsx"
import { Trouble } from "./Trouble.tsx"
import { useWork } from "./useWork.ts"
import "./ImportDialog.css"

interface ImportProps<Checked> {
  readonly title: string
  /** What the import does to what it does not name. */
  readonly note?: ReactNode
  readonly fileLabel: string
  /** Endings of files, as `.csv,.json`. */
  readonly accept: string
  /** Characters at most. */
  readonly longest: number
  readonly placeholder?: string
  /** How the text is written. */
  readonly format?: ReactNode
  /** Asks what would change, or says what is wrong with the text. */
  readonly check: (text: string) => Promise<{ readonly checked: Checked } | { readonly wrong: TroubleType }>
  /** What would change; `undefined`: nothing. */
  readonly shows: (checked: Checked) => ReactNode
  readonly apply: (checked: Checked, reason: string) => Promise<void>
  readonly close: () => void
}

/** Takes in a file or its text: first what would change, then the change. */
export function ImportDialog<Checked>(props: ImportProps<Checked>) {
  const { accept, apply, check, close, fileLabel, format, longest, note, placeholder, shows, title } = props
  const id = useId()
  const [text, setText] = useState("")
  const [reason, setReason] = useState("")
  const [checked, setChecked] = useState<Checked>()
  const { busy, during, setTrouble, trouble } = useWork()
  const would = checked === undefined ? undefined : shows(checked)

  const edit = (text: string) => {
    setChecked(undefined)
    setText(text)
  }
  const look = (event: FormEvent) => {
    event.preventDefault()
    void during(async () => {
      const found = await check(text)
      if ("wrong" in found) setTrouble(found.wrong)
      else setChecked(found.checked)
    })
  }
  const make = (checked: Checked) =>
    during(async () => {
      await apply(checked, reason)
      close()
    })
  return (
    <Dialog wide title={title} close={close}>
      <form onSubmit={look}>
        {note !== undefined && <p>{note}</p>}
        <div className="field">
          <label htmlFor={`${id}-file`}>{fileLabel}</label>
          <input
            id={`${id}-file`}
            type="file"
            accept={accept}
            onChange={(event) => void event.target.files?.[0]?.text().then(edit)}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-text`}>Or its text</label>
          <textarea
            id={`${id}-text`}
            className="mono import-text"
            maxLength={longest}
            spellCheck={false}
            placeholder={placeholder}
            aria-describedby={format === undefined ? undefined : `${id}-format`}
            value={text}
            onChange={(event) => edit(event.target.value)}
          />
          {format !== undefined && <p id={`${id}-format`} className="quiet-text">{format}</p>}
        </div>
        {trouble !== undefined && <Trouble of={trouble} />}
        {checked !== undefined && (
          <>
            {would ?? <p role="status">Nothing changes.</p>}
            <Reason value={reason} set={setReason} />
          </>
        )}
        <div className="actions">
          <button type="button" onClick={close}>Cancel</button>
          <Action needs="operator" type="submit" disabled={busy || text.trim() === ""}>See what would change</Action>
          <Action
            needs="operator"
            className="primary"
            disabled={busy || would === undefined}
            onClick={() => checked !== undefined && void make(checked)}
          >
            Import
          </Action>
        </div>
      </form>
    </Dialog>
  )
}
