import type { ReactNode } from "react"

/** An empty field is none. */
export const orNone = (text: string): string | undefined => text === "" ? undefined : text

/** One of some values that narrow a list, or all. */
export const Choice = ({ all = "any", children, label, set, value }: {
  readonly label: string
  readonly value: string | undefined
  readonly set: (value: string | undefined) => void
  /** What the choice of all is called. */
  readonly all?: string
  /** The options. */
  readonly children: ReactNode
}) => (
  <label className="field">
    {label}
    <select value={value ?? ""} onChange={(event) => set(orNone(event.target.value))}>
      <option value="">{all}</option>
      {children}
    </select>
  </label>
)

/** A text that a list is narrowed by, as it is typed. */
export const SearchText = ({ label, longest, set, value }: {
  readonly label: string
  readonly longest: number
  readonly value: string | undefined
  readonly set: (value: string | undefined) => void
}) => (
  <label className="field">
    {label}
    <input
      type="search"
      maxLength={longest}
      value={value ?? ""}
      onChange={(event) => set(orNone(event.target.value))}
    />
  </label>
)
