import { type FormEvent, useId, useState } from "react"
import type { RulesApplied } from "../../../../../src/api/web-ui/RuleVersions.ts"
import { ask } from "../../api/client.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { Action } from "../../parts/Action.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason, rememberReason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { notify } from "../../shell/Notices.tsx"
import { appliedLines } from "./appliedLines.ts"
import { readRuleFile, type RuleFile } from "./readRuleFile.ts"
import { readRulesAgain } from "./useRules.ts"

/** Characters of a file. */
const longest = 8_000_000

interface Checked {
  readonly file: RuleFile
  readonly seen: number
  readonly would: RulesApplied
}

/** Makes the rules what a file says: first what would change, then the change. */
export const RulesImport = ({ close }: { readonly close: () => void }) => {
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
    void during(async () => {
      const file = await readRuleFile(text)
      if ("wrong" in file) return setTrouble(file.wrong)
      const { version } = await ask((api) => api.rulesAtWork.instances())
      const would = await ask((api) =>
        api.ruleVersions.apply({ headers: {}, payload: { ...file.file, dry_run: true, if_version: version } })
      )
      setChecked({ file: file.file, seen: version, would })
    })
  }
  const apply = ({ file, seen }: Checked) =>
    during(async () => {
      const why = reason.trim() === "" ? {} : { reason: reason.trim() }
      const { version } = await ask((api) =>
        api.ruleVersions.apply({ headers: {}, payload: { ...file, ...why, if_version: seen } })
      )
      rememberReason(reason)
      notify(`The rules are what the file says, as version ${version}.`, {
        undo: async () => {
          await ask((api) =>
            api.ruleVersions.restore({
              params: { version: seen },
              headers: {},
              payload: { reason: "Taken back in the console.", if_version: version }
            })
          )
          await readRulesAgain()
        }
      })
      await readRulesAgain()
      close()
    })
  return (
    <Dialog wide title="Import a rule file" close={close}>
      <form onSubmit={check}>
        <p>Rules that the file does not name are deleted. Hosts, teams and tests that it does not speak of stay.</p>
        <div className="field">
          <label htmlFor={`${id}-file`}>File, YAML or JSON</label>
          <input
            id={`${id}-file`}
            type="file"
            accept=".yaml,.yml,.json"
            onChange={(event) => {
              setChecked(undefined)
              void event.target.files?.[0]?.text().then(setText)
            }}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-text`}>Or its text</label>
          <textarea
            id={`${id}-text`}
            className="mono rule-file"
            maxLength={longest}
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setChecked(undefined)
              setText(event.target.value)
            }}
          />
        </div>
        {trouble !== undefined && <Trouble of={trouble} />}
        {checked !== undefined && (
          <>
            <ul aria-label="What would change">
              {appliedLines(checked.would).map((line) => <li key={line}>{line}</li>)}
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
            disabled={busy || checked === undefined}
            onClick={() => checked !== undefined && void apply(checked)}
          >
            Import
          </Action>
        </div>
      </form>
    </Dialog>
  )
}
