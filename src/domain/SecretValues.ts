import { Redacted } from "effect"

/** Secrets by the name they have in a store: `DB_PASS_CURRENT`, `INGEST_API_KEY`, … */
export type SecretValues = ReadonlyMap<string, Redacted.Redacted>

/** Hides texts; the label of each is its name. Empty ones stay, so that a store keeps its layout when they are written back. */
export const secretValues = (texts: Readonly<Record<string, string>>): SecretValues =>
  new Map(Object.entries(texts).map(([name, text]) => [name, Redacted.make(text, { label: name })]))

/** The texts in the clear, for the line that writes them to a store. */
export const plainTexts = (values: SecretValues): Readonly<Record<string, string>> =>
  Object.fromEntries([...values].map(([name, value]) => [name, Redacted.value(value)]))
