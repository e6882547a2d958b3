import { attemptLines, decodeDeadLetter } from "./deadLetterTexts.ts"
import type { MetaAlerts, Outcome } from "./EventQueue.ts"
import { acknowledge } from "./scripts.ts"
import { makeHourOf } from "./settled.ts"

/** Groups outcomes by entry, in the order of their first events. */
export const byEntry = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<ReadonlyArray<Outcome>> => {
  const groups = new Map<string, Array<Outcome>>()
  for (const outcome of outcomes) {
    const group = groups.get(outcome.position.entry)
    if (group === undefined) groups.set(outcome.position.entry, [outcome])
    else group.push(outcome)
  }
  return [...groups.values()]
}

const isWhole = (group: ReadonlyArray<Outcome>, size: number): boolean =>
  group.length === size && group.every(({ position }, index) => position.index === index)

/** Puts outcomes into a call. With `final`, it brings the alerts of counts that are reached. */
export const acknowledgeCall = (
  groups: ReadonlyArray<ReadonlyArray<Outcome>>,
  { candidates, threshold, windowMs: window }: MetaAlerts,
  final: boolean
) => {
  const unmatched = final
    ? groups.flat().flatMap((outcome) => outcome._tag === "unmatched" ? [outcome.fingerprint] : [])
    : []
  const raised = [...new Set(unmatched)].flatMap((fingerprint) => {
    const alert = candidates.get(fingerprint)
    return alert === undefined ? [] : [{ fingerprint, ...alert }]
  })
  const hourOf = makeHourOf()
  const hour = hourOf(groups[0]?.[0]) ?? 0
  const call = acknowledge.call({ threshold, window, final, hour, candidates: raised.length, entries: groups.length })
  for (const candidate of raised) call.add("candidate", candidate)
  for (const group of groups) {
    const [first] = group
    if (first === undefined) continue
    const { bytes, entry, size } = first.position
    const kinds = group.map(({ _tag }) => _tag.charAt(0)).join("")
    const indexes = isWhole(group, size) ? "" : group.map(({ position }) => position.index).join(",")
    const hours = group.every((outcome) => (hourOf(outcome) ?? hour) === hour)
      ? ""
      : group.map((outcome) => hourOf(outcome) ?? hour).join(",")
    call.add("entry", { entry, size, bytes, kinds, indexes, hours })
    for (const outcome of group) {
      if (outcome._tag === "forwarded") call.add("alert", outcome.alert)
      if (outcome._tag === "unmatched") call.add("fingerprint", outcome)
      if (outcome._tag === "dead") {
        const { attempts, detail, reason } = decodeDeadLetter(outcome.letter)
        call.add("deadLetter", { reason, detail, attempts: attemptLines(attempts) })
      }
    }
  }
  return call
}
