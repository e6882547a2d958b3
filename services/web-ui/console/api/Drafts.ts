import { useState } from "react"
import { keep, kept } from "./kept.ts"

/** What was typed into a form and not saved yet, and what it was made from. */
export interface Draft<A> {
  readonly value: A
  readonly set: (value: A) => void
  /** There is something to lose. */
  readonly changed: boolean
  /** Saved, or given up. */
  readonly drop: () => void
}

const parse = <A>(text: string | undefined, is: (value: unknown) => value is A): A | undefined => {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return is(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * A form's input that outlives a reload, a lost connection and an ended login. `name` tells drafts apart
 * (`rule/7`); `is` refuses what an older console left. No secret goes into a draft.
 */
export const useDraft = <A>(name: string, initial: A, is: (value: unknown) => value is A): Draft<A> => {
  const place = `draft.${name}`
  const [value, setValue] = useState<A | undefined>(() => parse(kept(place), is))
  const store = (next: A | undefined) => {
    setValue(next)
    keep(place, next === undefined ? undefined : JSON.stringify(next))
  }
  return {
    value: value ?? initial,
    set: (next) => store(JSON.stringify(next) === JSON.stringify(initial) ? undefined : next),
    changed: value !== undefined,
    drop: () => store(undefined)
  }
}
