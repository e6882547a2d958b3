import { Redacted } from "effect"
import { counts } from "./names.ts"

/** Values that count, as secrets, labelled with their names. */
export const redact = (values: Readonly<Record<string, string>>): ReadonlyMap<string, Redacted.Redacted> =>
  new Map(
    Object.entries(values)
      .filter(([name, value]) => counts(name, value))
      .map(([name, value]) => [name, Redacted.make(value, { label: name })])
  )
