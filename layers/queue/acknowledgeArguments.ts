import { attemptLines, letterOf } from "./deadLetterTexts.ts"
import type { MetaAlerts, Outcome } from "./EventQueue.ts"

/** The settlements of one entry. */
interface Group {
  readonly size: number
  readonly bytes: number
  readonly places: Array<number>
  readonly settlements: Array<Outcome>
}

/** The settlements by entry, in the order in which the script is told them. */
export const groupsOf = (outcomes: ReadonlyArray<Outcome>): ReadonlyMap<string, Group> => {
  const groups = new Map<string, Group>()
  for (const outcome of outcomes) {
    const { bytes, entry, index, size } = outcome.position
    let group = groups.get(entry)
    if (group === undefined) groups.set(entry, group = { size, bytes, places: [], settlements: [] })
    group.places.push(index)
    group.settlements.push(outcome)
  }
  return groups
}

const isWhole = ({ places, size }: Group): boolean =>
  places.length === size && places.every((position, index) => position === index)

/** What the script `settle` is told. `final`: with the alerts of counts that are reached. */
export const acknowledgeArguments = (
  outcomes: ReadonlyArray<Outcome>,
  metaAlerts: MetaAlerts,
  final: boolean
): ReadonlyArray<string | number> => {
  const candidates: Array<string> = []
  const asked = new Set<string>()
  const items: Array<string | number> = []
  const push = (outcome: Outcome): void => {
    switch (outcome._tag) {
      case "forwarded": {
        const { id, payload, signature } = outcome.alert
        items.push(id, signature, payload)
        return
      }
      case "suppressed":
        return
      case "unmatched": {
        const { fingerprint } = outcome
        items.push(fingerprint)
        if (!final || asked.has(fingerprint)) return
        asked.add(fingerprint)
        const candidate = metaAlerts.candidates.get(fingerprint)
        if (candidate !== undefined) candidates.push(fingerprint, candidate.id, candidate.signature, candidate.payload)
        return
      }
      case "dead": {
        const letter = letterOf(outcome.letter)
        items.push(letter.reason, letter.detail, attemptLines(letter.attempts))
      }
    }
  }
  const groups = groupsOf(outcomes)
  for (const [entry, group] of groups) {
    const kinds = group.settlements.map(({ _tag }) => _tag.charAt(0)).join("")
    items.push(entry, group.size, group.bytes, kinds, isWhole(group) ? "" : group.places.join(","))
    group.settlements.forEach(push)
  }
  const head = [metaAlerts.threshold, metaAlerts.windowMs, final ? 1 : 0, candidates.length / 4]
  return [...head, ...candidates, groups.size, ...items]
}
