import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { useMay } from "../../api/useRole.ts"

const zones = Intl.supportedValuesOf("timeZone")

/** The field of one setting: a choice where its values are few, else a text. */
export const ValueField = ({ describedBy, id, invalid, item, set, text }: {
  readonly id: string
  readonly item: SettingItem
  readonly text: string
  readonly set: (text: string) => void
  readonly invalid: boolean
  readonly describedBy: string
}) => {
  const may = useMay("admin")
  const choices = item.range.split(" | ")
  const title = may ? undefined : "needs admin"
  if (choices.length > 1) {
    return (
      <select
        id={id}
        value={text}
        disabled={!may}
        title={title}
        aria-describedby={describedBy}
        onChange={(event) => set(event.target.value)}
      >
        {choices.map((choice) => <option key={choice}>{choice}</option>)}
      </select>
    )
  }
  const isZone = item.key.endsWith("_time_zone")
  return (
    <>
      <input
        id={id}
        className={item.type === "integer" ? "number" : undefined}
        inputMode={item.type === "integer" ? "decimal" : undefined}
        list={isZone ? `${id}-zones` : undefined}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        readOnly={!may}
        title={title}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        value={text}
        onChange={(event) => set(event.target.value)}
      />
      {isZone && (
        <datalist id={`${id}-zones`}>
          {["UTC", ...zones].map((zone) => <option key={zone} value={zone} />)}
        </datalist>
      )}
    </>
  )
}
