import { Option, Schema } from "effect"
import type { AlertRow, AlertState } from "../../../../../src/api/web-ui/Alerts.ts"
import { Handling } from "../../../../../src/domain/Rule.ts"
import type { FilterField } from "../../parts/filterFields.ts"
import type { Search } from "./search.ts"

/** Where an alert is, as people ask for it, worst first. */
export const places = [
  { key: "dead", title: "Dead", states: ["dead"], tone: "err" },
  { key: "parked", title: "Parked", states: ["parked"], tone: "warning" },
  { key: "way", title: "On the way", states: ["waiting", "claimed"], tone: "plain" },
  { key: "delivered", title: "Delivered", states: ["delivered"], tone: "well" }
] as const satisfies ReadonlyArray<{
  readonly key: string
  readonly title: string
  readonly states: ReadonlyArray<AlertState>
  readonly tone: "err" | "warning" | "plain" | "well"
}>
export type Place = (typeof places)[number]

const states: Readonly<Record<AlertState, string>> = {
  waiting: "on the way",
  claimed: "being sent",
  parked: "parked",
  dead: "dead",
  delivered: "delivered"
}
export const stateWords = (state: AlertState): string => states[state]

const placeOf = (state: AlertState): Place | undefined =>
  places.find((place) => place.states.some((one) => one === state))
export const toneOf = (state: AlertState) => placeOf(state)?.tone ?? "plain"

/** The places that the address asks for; none: all. */
export const placesOf = ({ state }: Search): ReadonlyArray<Place["key"]> => {
  const wanted = state?.split(",") ?? []
  return places.map(({ key }) => key).filter((key) => wanted.includes(key))
}

/** With this place, or without it when it was there. */
export const togglePlace = (search: Search, key: Place["key"]): string | undefined => {
  const now = placesOf(search)
  const next = places.map((place) => place.key).filter((one) => one === key ? !now.includes(one) : now.includes(one))
  return next.length === 0 ? undefined : next.join(",")
}

export type FilterName = "host" | "signature" | "team" | "handling" | "rule"

export const filterFields: ReadonlyArray<FilterField<FilterName>> = [
  { key: "host", title: "Host" },
  { key: "signature", title: "Signature" },
  { key: "team", title: "Team" },
  { key: "handling", title: "Handling", choices: Handling.literals.map((value) => ({ value, title: words(value) })) },
  { key: "rule", title: "Rule", hint: "Its number" }
]

export function words(handling: string): string {
  return handling.replaceAll("_", " ")
}

const decodeHandling = Schema.decodeUnknownOption(Handling)

/** What the API is asked for. A part of the address that means nothing is as if it were not there. */
export const filterOf = (search: Search) => {
  const handling = Option.getOrUndefined(decodeHandling(search.handling))
  const { host, signature, team } = search
  const rule = /^[1-9]\d{0,8}$/.test(search.rule ?? "") ? Number(search.rule) : undefined
  return {
    ...(host === undefined ? {} : { host }),
    ...(signature === undefined ? {} : { signature }),
    ...(team === undefined ? {} : { team }),
    ...(handling === undefined ? {} : { handling }),
    ...(rule === undefined ? {} : { rule })
  }
}

/** The states that the API knows, of the places that the address asks for. */
export const statesOf = (search: Search): { readonly state?: string } => {
  const wanted = placesOf(search)
  if (wanted.length === 0) return {}
  const asked = places.filter(({ key }) => wanted.includes(key)).map(({ states }) => states.join(","))
  return { state: asked.join(",") }
}

/** How many are at each place, of the numbers that a group has by state. */
export const countAt = ({ states }: Place, counts: Readonly<Record<string, number>>): number =>
  states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)

/** `12 parked, 3 on the way`: worst first, and nothing of what there is none of. */
export const countWords = (counts: Readonly<Record<string, number>>): string => {
  const said = places.flatMap((place) => {
    const count = countAt(place, counts)
    return count === 0 ? [] : [`${count.toLocaleString("en")} ${place.title.toLowerCase()}`]
  })
  return said.length === 0 ? "none" : said.join(", ")
}

export const sumStates = (
  groups: ReadonlyArray<{ readonly states: Readonly<Record<string, number>> }>
): Readonly<Record<string, number>> => {
  const sum: Record<string, number> = {}
  for (const { states } of groups) {
    for (const [state, count] of Object.entries(states)) sum[state] = (sum[state] ?? 0) + count
  }
  return sum
}

export const canRetry = ({ state }: Pick<AlertRow, "state">): boolean => state === "parked"
