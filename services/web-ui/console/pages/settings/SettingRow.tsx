import { Link } from "@tanstack/react-router"
import { useId } from "react"
import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { Time } from "../../parts/Time.tsx"
import { Conflict } from "./Conflict.tsx"
import type { Edit, SettingChange } from "./edits.ts"
import { ValueField } from "./ValueField.tsx"
import { fieldText, inWords, valueWords } from "./words.ts"

export interface RowActions {
  /** `null`: the default again. */
  readonly type: (item: SettingItem, text: string | null) => void
  readonly take: (item: SettingItem) => void
  readonly keep: (item: SettingItem) => void
  readonly open: (key: string) => void
}

/** One setting: what it is, what it may be, who changed it, and a field to change it in. */
export const SettingRow = ({ actions, change, edit, item, shown }: {
  readonly item: SettingItem
  readonly edit: Edit | undefined
  readonly change: SettingChange | undefined
  /** Which of the facts. */
  readonly shown: ReadonlySet<string>
  readonly actions: RowActions
}) => {
  const id = useId()
  const text = edit === undefined ? fieldText(item.value) : edit.text ?? fieldText(item.default)
  const value = change?.becomes ?? item.value
  const words = inWords(value, item.unit)
  const classes = ["setting", change !== undefined && "changed", change?.problem !== undefined && "wrong"]
  return (
    <li className={classes.filter((one) => typeof one === "string").join(" ")}>
      <div className="setting-name">
        <label htmlFor={id}>{item.key}</label>
        {shown.has("about") && <p className="quiet-text">{item.description}</p>}
      </div>
      <div className="setting-field">
        <div className="row">
          <ValueField
            id={id}
            item={item}
            text={text}
            set={(typed) => actions.type(item, typed)}
            invalid={change?.problem !== undefined}
            describedBy={`${id}-says`}
          />
          <span className="quiet-text">{item.unit}</span>
        </div>
        <div id={`${id}-says`} className="setting-says">
          {change?.problem !== undefined && <p className="error">▲ {change.problem}</p>}
          {change !== undefined && change.problem === undefined && (
            <p>was {valueWords(item.value, item.unit)}{change.large && ", more than tenfold"}</p>
          )}
          {words !== undefined && change?.problem === undefined && <p className="quiet-text">= {words}</p>}
        </div>
      </div>
      <div className="setting-facts quiet-text">
        {shown.has("range") && <p>Range {item.range}</p>}
        {shown.has("default") && (
          <p>{item.is_set ? `Default ${valueWords(item.default, item.unit)}` : "At its default"}</p>
        )}
        {shown.has("changed") && item.changed_by !== null && (
          <p>
            {item.changed_by}, <Time at={item.changed_at} ago />
          </p>
        )}
      </div>
      <div className="setting-actions">
        {change !== undefined && (
          <button type="button" className="quiet" onClick={() => actions.take(item)}>Leave as it was</button>
        )}
        {item.is_set && edit?.text !== null && (
          <button
            type="button"
            className="quiet"
            onClick={() => actions.type(item, null)}
          >
            To default
          </button>
        )}
        <button type="button" className="quiet" onClick={() => actions.open(item.key)}>
          History<span className="visually-hidden">of {item.key}</span>
        </button>
        <Link to="/audit" search={{ table: "dynamic_config", record: item.key }}>
          Record<span className="visually-hidden">of {item.key}</span>
        </Link>
      </div>
      {change?.conflict === true && <Conflict change={change} take={actions.take} keep={actions.keep} />}
    </li>
  )
}
