import type { Silence, SilenceMatch } from "./Silence.ts"
import { silenceSpan } from "./silenceTimes.ts"

type Asked = Pick<Silence, "match" | "starts_at" | "ends_at" | "ended_at" | "created_at" | "schedule">

/**
 * May two silences cover the same event? What says `false` never does. The windows of schedules, severities and messages
 * are not compared.
 */
export const mayOverlap = (a: Asked, b: Asked): boolean => {
  const [one, other] = [silenceSpan(a), silenceSpan(b)]
  return one.start < other.end && other.start < one.end && matchesMeet(a.match, b.match)
}

const matchesMeet = (a: SilenceMatch, b: SilenceMatch): boolean =>
  (a.environment === undefined || b.environment === undefined || a.environment === b.environment) &&
  listsMeet(a.hosts, b.hosts, (host, other) => globsMeet(host.toLowerCase(), other.toLowerCase())) &&
  listsMeet(a.rules, b.rules, (rule, other) => rule === other) &&
  listsMeet(a.teams, b.teams, (team, other) => team === other)

const listsMeet = (
  a: ReadonlyArray<string> | undefined,
  b: ReadonlyArray<string> | undefined,
  meet: (a: string, b: string) => boolean
): boolean => a === undefined || b === undefined || a.some((one) => b.some((other) => meet(one, other)))

/** Is there a text that both globs match? In as many steps as the two lengths multiplied. */
export const globsMeet = (a: string, b: string): boolean => {
  // Places in `b` that can be reached with the part of `a` that was read.
  let reached = withStars(b, new Set([0]))
  for (const character of a) {
    const next = new Set<number>()
    for (const place of reached) {
      if (character === "*") {
        for (let further = place; further <= b.length; further++) next.add(further)
      } else if (b[place] === "*") next.add(place)
      else if (place < b.length && (character === "?" || b[place] === "?" || b[place] === character)) {
        next.add(place + 1)
      }
    }
    reached = withStars(b, next)
  }
  return reached.has(b.length)
}

/** A star may stand for nothing. */
const withStars = (glob: string, places: Set<number>): Set<number> => {
  for (const place of places) if (glob[place] === "*") places.add(place + 1)
  return places
}
