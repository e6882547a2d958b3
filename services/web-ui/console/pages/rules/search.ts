import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the rules says. */
export const search = Schema.Struct({
  /** A text within the name, the match or the team. */
  q: part,
  /** `1`: on; `0`: off. */
  active: part,
  team: part,
  /** A match type. */
  type: part,
  /** `1`: rules that decided nothing that is known, or can't. */
  unused: part,
  /** The number of the rule whose details are open, or `new`. */
  open: part,
  /** Of the details: `rule`, `backtest` or `history`. */
  tab: part,
  /** The `ref` of an event: the tester holds it, and a new rule begins with it. */
  draft: part,
  /** Of the page: `versions` in place of the rules; `findings`, `processes` or `import`. */
  view: part,
  /** The version that is open. */
  version: part,
  /** Two versions beside each other: `3..7`. */
  compare: part,
  /** Only versions before this one. */
  before: part
})
export type Search = typeof search.Type

/** A version in an address. */
export const versionIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined

/** Changes parts of the address. */
export type ChangeSearch = (
  parts: Partial<{ readonly [K in keyof Search]: string | undefined }>,
  how?: { readonly replace: boolean }
) => void
