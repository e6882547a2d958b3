import { useId } from "react"
import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import type { Edits, SettingChange } from "./edits.ts"
import { groupsOf, wantedOf } from "./nouns.ts"
import type { search } from "./search.ts"
import { type RowActions, SettingRow } from "./SettingRow.tsx"

/** All settings that the address asks for, by what they are about. */
export const SettingList = ({ actions, address, changes, edits, items, shown, widen }: {
  readonly items: ReadonlyArray<SettingItem>
  readonly address: (typeof search)["Type"]
  readonly edits: Edits
  readonly changes: ReadonlyArray<SettingChange>
  readonly shown: ReadonlySet<string>
  readonly actions: RowActions
  /** Takes the filter away. */
  readonly widen: () => void
}) => {
  const id = useId()
  const wanted = wantedOf(items, address, (key) => Object.hasOwn(edits, key))
  if (wanted.length === 0) {
    return (
      <p className="row">
        No setting is like that. <button type="button" onClick={widen}>Show all</button>
      </p>
    )
  }
  return groupsOf(wanted).map(({ items, noun, programs }) => (
    <section key={noun} className="setting-group" aria-labelledby={`${id}-${noun}`}>
      <div className="row">
        <h2 id={`${id}-${noun}`}>{noun}</h2>
        <span className="quiet-text">{programs.join(", ")}</span>
      </div>
      <ul>
        {items.map((item) => (
          <SettingRow
            key={item.key}
            item={item}
            edit={edits[item.key]}
            change={changes.find((change) => change.item.key === item.key)}
            shown={shown}
            actions={actions}
          />
        ))}
      </ul>
    </section>
  ))
}
