import { Redacted } from "effect"

/** Values in the clear, for the one place that writes them down. */
export const plain = (values: ReadonlyMap<string, Redacted.Redacted>): Readonly<Record<string, string>> =>
  Object.fromEntries([...values].map(([name, value]) => [name, Redacted.value(value)]))
