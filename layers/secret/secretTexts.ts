import { Redacted } from "effect"

/** Values in the clear, for the one place that writes them down. */
export const plain = (values: ReadonlyMap<string, Redacted.Redacted>): Readonly<Record<string, string>> =>
  Object.fromEntries([...values].map(([name, value]) => [name, Redacted.value(value)]))

/** Values as secrets, empty ones too: whoever writes them back keeps the layout of the store. */
export const withEmpty = (values: Readonly<Record<string, string>>): ReadonlyMap<string, Redacted.Redacted> =>
  new Map(Object.entries(values).map(([name, value]) => [name, Redacted.make(value, { label: name })]))
