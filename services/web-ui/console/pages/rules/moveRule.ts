import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"

export type Placed = Pick<RuleView, "id" | "priority">

const highest = 1_000_000

export const inOrder = <R extends Placed>(rules: ReadonlyArray<R>): ReadonlyArray<R> =>
  rules.toSorted((a, b) => a.priority - b.priority || a.id - b.id)

const comesBefore = (a: Placed | undefined, b: Placed | undefined): boolean =>
  a === undefined || b === undefined || a.priority < b.priority || a.priority === b.priority && a.id < b.id

/** A priority by which `id` stands between its neighbours; `undefined` when there is no room. */
const between = (id: number, before: Placed | undefined, after: Placed | undefined): number | undefined => {
  const low = before?.priority ?? Math.max(0, (after?.priority ?? 100) - 20)
  const high = after?.priority ?? Math.min(highest, low + 20)
  return [Math.floor((low + high) / 2), low, high].find((priority) =>
    comesBefore(before, { id, priority }) && comesBefore({ id, priority }, after)
  )
}

/**
 * The priorities that change so that the rule stands right before or after another one. One is changed where there is
 * room, else those behind it too, as few as will do. `undefined`: there is no room at all.
 */
export const moveRule = (
  rules: ReadonlyArray<Placed>,
  id: number,
  place: { readonly before: number } | { readonly after: number }
): ReadonlyMap<number, number> | undefined => {
  const others = inOrder(rules).filter((rule) => rule.id !== id)
  const beside = "before" in place ? place.before : place.after
  const found = others.findIndex((rule) => rule.id === beside)
  if (found < 0) return undefined
  const at = "before" in place ? found : found + 1
  const alone = between(id, others[at - 1], others[at])
  if (alone !== undefined) return new Map([[id, alone]])
  const changed = new Map<number, number>()
  let last = others[at - 1]
  for (const rule of [{ id, priority: last?.priority ?? 0 }, ...others.slice(at)]) {
    if (rule.id !== id && comesBefore(last, rule)) return changed
    const floor = last === undefined ? 0 : last.priority
    const priority = comesBefore(last, { id: rule.id, priority: floor }) ? floor : floor + 1
    if (priority > highest) return undefined
    changed.set(rule.id, priority)
    last = { id: rule.id, priority }
  }
  return changed
}
