import { type FormEvent, useId, useState } from "react"
import { type FilterField, titleOf, withValue } from "./filterFields.ts"
import "./FilterBar.css"

interface FilterBarProps<Key extends string> {
  readonly fields: ReadonlyArray<FilterField<Key>>
  readonly values: { readonly [K in Key]?: string | undefined }
  readonly change: (parts: { readonly [K in Key]?: string | undefined }) => void
  /** Values that are known to occur. */
  readonly suggest?: (key: Key) => ReadonlyArray<string>
}

/** What a list is narrowed to: each part as a chip that takes it away, and a line to add one. */
export function FilterBar<Key extends string>({ change, fields, suggest, values }: FilterBarProps<Key>) {
  const id = useId()
  const [key, setKey] = useState<string>(fields[0]?.key ?? "")
  const [text, setText] = useState("")
  const field = fields.find((one) => one.key === key) ?? fields[0]
  const set = (name: Key, value: string | undefined) => {
    // A computed name widens to `string`; the part is made under its own.
    const parts: { [K in Key]?: string | undefined } = {}
    parts[name] = value
    change(parts)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const value = text.trim()
    if (field === undefined || value === "") return
    set(field.key, withValue(field, values[field.key], value))
    setText("")
  }
  if (field === undefined) return null
  return (
    <div className="filter-bar">
      {fields.map((one) => {
        const value = values[one.key]
        if (value === undefined || value === "") return null
        return (
          <button
            key={one.key}
            type="button"
            className="chip"
            aria-label={`Without ${one.title} ${titleOf(one, value)}`}
            onClick={() => set(one.key, undefined)}
          >
            <span className="quiet-text">{one.title}</span> <bdi>{titleOf(one, value)}</bdi>{" "}
            <span aria-hidden="true">✕</span>
          </button>
        )
      })}
      <form className="filter-form" onSubmit={submit}>
        <select
          aria-label="Narrow by"
          value={field.key}
          onChange={(event) => {
            setKey(event.target.value)
            setText("")
          }}
        >
          {fields.map((one) => <option key={one.key} value={one.key}>{one.title}</option>)}
        </select>
        {field.choices === undefined
          ? (
            <>
              <input
                aria-label={`${field.title} to narrow by`}
                list={`${id}-known`}
                maxLength={1_000}
                placeholder={field.hint}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
              <datalist id={`${id}-known`}>
                {suggest?.(field.key).map((value) => <option key={value} value={value} />)}
              </datalist>
              <button type="submit">Narrow</button>
            </>
          )
          : (
            <select
              aria-label={`${field.title} to narrow by`}
              value=""
              onChange={(event) => set(field.key, withValue(field, values[field.key], event.target.value))}
            >
              <option value="" disabled>Choose…</option>
              {field.choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.title}</option>)}
            </select>
          )}
      </form>
    </div>
  )
}
