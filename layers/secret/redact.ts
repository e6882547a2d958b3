import { Redacted } from "effect"

/** Values as secrets, labelled with their names. Empty values count as absent. */
export const redact = (values: Readonly<Record<string, string>>): ReadonlyMap<string, Redacted.Redacted> =>
  new Map(
    Object.entries(values)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [name, Redacted.make(value, { label: name })])
  )
