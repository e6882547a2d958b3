import type { Handling } from "../domain/Rule.ts"
import type { Decided } from "./Decider.ts"

export interface Figures {
  alerts: number
  pages: number
}
/** Alerts and pages before and after. */
export interface Sides {
  readonly old: Figures
  readonly new: Figures
}

export const noFigures = (): Sides => ({ old: { alerts: 0, pages: 0 }, new: { alerts: 0, pages: 0 } })

const paging: ReadonlySet<Handling | null> = new Set<Handling | null>(["Page_and_ticket", "Page_only"])

/** Counts a decision where it sends something. */
export const count = (figures: Figures, { handling, outcome }: Decided): void => {
  if (outcome !== "forwarded") return
  figures.alerts++
  if (paging.has(handling)) figures.pages++
}

/** The figures of a key, which begin with 0. */
export const sidesOf = <K>(all: Map<K, Sides>, key: K): Sides => {
  const known = all.get(key)
  if (known !== undefined) return known
  const made = noFigures()
  all.set(key, made)
  return made
}

/** How much a change does: to sort by. */
export const changeOf = ({ new: after, old }: Sides): number =>
  Math.abs(after.alerts - old.alerts) + Math.abs(after.pages - old.pages)
