import { useEffect, useRef, useState } from "react"
import { now } from "../../api/clock.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { saveFile } from "../../api/saveFile.ts"
import { Dialog } from "../../parts/Dialog.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { chainLinks } from "./chainLinks.ts"

const count = new Intl.NumberFormat("en")

/** Puts the whole chain into a file that `mutt audit verify` checks without MUTT. */
export const ExportDialog = ({ close }: { readonly close: () => void }) => {
  const [read, setRead] = useState<number | undefined>(undefined)
  const [trouble, setTrouble] = useState<TroubleType | undefined>(undefined)
  const control = useRef<AbortController>(undefined)
  useEffect(() => () => control.current?.abort(), [])
  const run = async () => {
    const mine = new AbortController()
    control.current = mine
    setTrouble(undefined)
    setRead(0)
    try {
      const parts: Array<string> = []
      let links = 0
      for await (const entries of chainLinks(mine.signal)) {
        parts.push(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""))
        links += entries.length
        setRead(links)
      }
      const at = new Date(now()).toISOString().slice(0, 19).replaceAll(":", "")
      saveFile(`audit-chain-${at}.ndjson`, "application/x-ndjson", parts)
      close()
    } catch (error) {
      if (!mine.signal.aborted) setTrouble(troubleOf(error))
      setRead(undefined)
    }
  }
  return (
    <Dialog title="Export the record" close={close}>
      <div className="stack">
        <p>All links of the chain, one JSON object a line, with their hashes. Check the file anywhere with:</p>
        <pre>mutt audit verify --file FILE</pre>
        {trouble !== undefined && <Trouble of={trouble} />}
        <div className="actions">
          {read !== undefined && <span role="status">{count.format(read)} links read…</span>}
          <button type="button" onClick={close}>Leave it</button>
          <button type="button" className="primary" disabled={read !== undefined} onClick={() => void run()}>
            Export
          </button>
        </div>
      </div>
    </Dialog>
  )
}
