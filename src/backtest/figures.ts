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

/** Does somebody get paged? */
export const pages = ({ handling, outcome }: Pick<Decided, "outcome" | "handling">): boolean =>
  outcome === "forwarded" && paging.has(handling)

/** Counts a decision where it sends something. */
export const count = (figures: Figures, decided: Decided): void => {
  if (decided.outcome !== "forwarded") return
  figures.alerts++
  if (pages(decided)) figures.pages++
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
