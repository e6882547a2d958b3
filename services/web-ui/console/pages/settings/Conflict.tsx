import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { Time } from "../../parts/Time.tsx"
import type { SettingChange } from "./edits.ts"
import { valueWords } from "./words.ts"

/** Two people changed one setting: what it was, what the other made of it, and what is typed here. */
export const Conflict = ({ change, keep, take }: {
  readonly change: SettingChange
  readonly take: (item: SettingItem) => void
  readonly keep: (item: SettingItem) => void
}) => {
  const { becomes, edit, item } = change
  return (
    <div className="setting-conflict" role="alert">
      <p>
        ◆ {item.changed_by ?? "Somebody"} changed {item.key} <Time at={item.changed_at} ago />, after you had begun.
      </p>
      <dl className="facts">
        <dt>Before both</dt>
        <dd>{valueWords(edit.base, item.unit)}</dd>
        <dt>Theirs</dt>
        <dd>{valueWords(item.value, item.unit)}</dd>
        <dt>Mine</dt>
        <dd>{valueWords(becomes, item.unit)}</dd>
      </dl>
      <div className="row">
        <button type="button" onClick={() => take(item)}>Take theirs</button>
        <button type="button" onClick={() => keep(item)}>Keep mine</button>
      </div>
    </div>
  )
}
