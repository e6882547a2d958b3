import { type FormEvent, useState } from "react"
import type { InstanceItem, SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { queries } from "../../api/query.ts"
import { Action } from "../../parts/Action.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { Conflict } from "./Conflict.tsx"
import { DiffTable } from "./DiffTable.tsx"
import { type SettingChange, undoing } from "./edits.ts"
import { processOf } from "./rollout.ts"
import { saveSettings } from "./saveSettings.ts"

/** What a draft changes and who must follow, before it is saved. */
export const Review = ({ broken, changes, close, done, instances, keep, reason, seen, setReason, take }: {
  readonly changes: ReadonlyArray<SettingChange>
  /** Rules between settings that the changes would break. */
  readonly broken: ReadonlyArray<string>
  readonly instances: ReadonlyArray<InstanceItem>
  readonly seen: { readonly epoch: string; readonly version: number }
  readonly reason: string
  readonly setReason: (reason: string) => void
  readonly take: (item: SettingItem) => void
  readonly keep: (item: SettingItem) => void
  readonly close: () => void
  /** It was saved. */
  readonly done: () => void
}) => {
  const [meant, setMeant] = useState(false)
  const [saving, setSaving] = useState(false)
  const [trouble, setTrouble] = useState<TroubleType | undefined>(undefined)
  const large = changes.filter((change) => change.large)
  const wrong = [...changes.flatMap(({ problem }) => problem ?? []), ...broken]
  const conflicts = changes.filter(({ conflict }) => conflict)
  const ready = changes.length > 0 && wrong.length === 0 && conflicts.length === 0 && (large.length === 0 || meant)
  const save = async () => {
    setSaving(true)
    setTrouble(undefined)
    try {
      const config = Object.fromEntries(changes.map(({ item, to }) => [item.key, to]))
      await saveSettings({ config, reason, seen }, undoing(changes))
      done()
    } catch (error) {
      setTrouble(troubleOf(error))
      setSaving(false)
      // What others changed meanwhile shows in the list, and from there as a conflict here.
      await queries.invalidateQueries({ queryKey: ["config"] })
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready && !saving) void save()
  }
  return (
    <Dialog
      title={changes.length === 1 ? "Change one setting" : `Change ${changes.length} settings`}
      close={close}
      wide
    >
      <form onSubmit={submit}>
        <DiffTable
          caption="What would change"
          empty="Nothing is different from what is in force."
          differences={changes.map(({ becomes, item, large }) => ({
            key: item.key,
            was: item.value,
            becomes,
            unit: item.unit,
            note: large ? "◆ more than tenfold" : undefined
          }))}
        />
        <p className="quiet-text">{followersText(changes, instances)}</p>
        {wrong.map((problem) => <p key={problem} className="setting-problem" role="alert">▲ {problem}</p>)}
        {conflicts.map((change) => <Conflict key={change.item.key} change={change} take={take} keep={keep} />)}
        {large.length > 0 && (
          <label className="row">
            <input type="checkbox" checked={meant} onChange={(event) => setMeant(event.target.checked)} />
            {large.length === 1 ? `${large[0]?.item.key} changes more than tenfold, and is meant to.` : null}
            {large.length > 1 ? `${large.length} settings change more than tenfold, and are meant to.` : null}
          </label>
        )}
        <Reason value={reason} set={setReason} />
        {trouble !== undefined && <Trouble of={trouble} />}
        <div className="actions">
          <button type="button" onClick={close}>Back</button>
          <Action needs="admin" type="submit" className="primary" disabled={!ready || saving}>
            {saving ? "Saving…" : "Save"}
          </Action>
        </div>
      </form>
    </Dialog>
  )
}

/** Who must follow, in words: the processes that read what changes. */
const followersText = (changes: ReadonlyArray<SettingChange>, instances: ReadonlyArray<InstanceItem>): string => {
  const programs = new Set(changes.flatMap(({ item }) => item.programs))
  const followers = instances.filter(({ program }) => programs.has(program)).map(processOf)
  if (changes.length === 0) return ""
  if (followers.length === 0) return `${[...programs].join(", ")} must follow; no process says that it runs now.`
  return `Must follow, at once and without a restart: ${followers.join(", ")}.`
}
