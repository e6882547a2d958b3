import type { AlertWay, EventExplanation, SilenceExplanation } from "../../../src/api/web-ui/Events.ts"

/** Says in sentences what became of an event, and why. */
export const sentencesOf = (
  { alert, event, rules, silence }: Omit<EventExplanation, "sentences">
): ReadonlyArray<string> => [
  `The event of ${event.hostname} arrived at ${event.received_at} and was recorded at ${event.recorded_at}.`,
  `It was ${event.outcome}: ${event.reason}`,
  ...(silence === null ? [] : [silenceSaid(silence)]),
  ...rulesSaid(rules, event.matched_rule_id),
  ...(alert === null ? [] : alertSaid(alert))
]

const silenceSaid = ({ comment, created_by, id, occurrence, zone }: SilenceExplanation): string => {
  const which = `Silence ${id}${
    occurrence === null ? "" : `, in its time of ${occurrence} (${zone ?? "zone unknown"}),`
  }`
  return comment === null
    ? `${which} held it back; it is not kept any more.`
    : `${which} held it back. ${created_by} made it: ${comment}`
}

const rulesSaid = (rules: EventExplanation["rules"], decider: number | null): ReadonlyArray<string> => {
  if (rules === null) return ["The rules of then are not known any more."]
  const { also_match, before, in_force, omitted, version } = rules
  const said = [`It was decided by version ${version} of the rules${in_force ? ", which is in force" : ""}.`]
  if (before.length > 0) {
    said.push(
      decider === null
        ? `${many(before.length, "active rule")} did not match.`
        : `${many(before.length, "rule")} before it did not match.`
    )
  }
  if (also_match.length > 0) {
    said.push(`After it, ${also_match.map(({ name }) => name).join(", ")} would have matched too.`)
  }
  if (omitted > 0) said.push(`${many(omitted, "rule")} were not looked at.`)
  return said
}

const alertSaid = ({ attempts, behind, delivered_at, due_at, ms, state, tries }: AlertWay): ReadonlyArray<string> => {
  const failed = attempts.map(({ at, detail, reason }) => `A try at ${at} failed (${reason}): ${detail}`)
  switch (state) {
    case "delivered":
      return [
        ...failed,
        `Its alert was delivered at ${delivered_at}, ${ms} ms after the event arrived, at try ${tries}.`
      ]
    case "waiting":
      return [...failed, `Its alert waits, and may be sent from ${due_at} on.`]
    case "sending":
      return [...failed, "Its alert is being sent now."]
    case "behind":
      return [`Its alert waits behind another one of the signature ${behind}.`]
    case "dead":
      return [...failed, "Its alert is a dead letter: see `mutt dead-letters list alerts`."]
    case "gone":
      return ["Nothing is known of its alert: it was discarded, or delivered before deliveries were recorded."]
  }
}

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`
