import type { LetterFilter, LetterGroups, Swept } from "../../../../../src/api/web-ui/DeadLetterFilters.ts"
import { checkJson } from "../../../../../src/decode/formats/jsonCheck.ts"
import { DeadLetterQueue } from "../../../../../src/domain/DeadLetter.ts"
import { counted } from "../../../../../src/rulefile/words.ts"

export type Group = LetterGroups["groups"][number]

/** What a filter can say; the search of the address has the same names. */
export type Narrowing = Omit<LetterFilter, "after" | "up_to">

export const queueOf = (text: string | undefined): DeadLetterQueue =>
  DeadLetterQueue.literals.find((queue) => queue === text) ?? "events"

/** What the queues hold, in words. */
export const queueWords: Readonly<Record<DeadLetterQueue, string>> = {
  events: "Events that could not be decided",
  alerts: "Alerts that could not be delivered",
  quarantine: "Records that could not be read"
}

const things: Readonly<Record<DeadLetterQueue, string>> = { events: "event", alerts: "alert", quarantine: "record" }

export const countedIn = (queue: DeadLetterQueue, count: number): string => counted(count, things[queue])

/** What is done with them: a verb for the button, and what it was when done. */
export const actions = {
  replay: { verb: "Replay", done: "replayed" },
  retry: { verb: "Read again", done: "read" },
  discard: { verb: "Discard", done: "discarded" }
} as const
export type ActionName = keyof typeof actions

/** What the button says that does it to so many. */
export const allWords = (action: ActionName, which: string, count: number): string =>
  action === "retry"
    ? `Read ${which} ${count.toLocaleString("en")} again`
    : `${actions[action].verb} ${which} ${count.toLocaleString("en")}`

/** Above so many a replay is confirmed. */
export const mostUnasked = 500

const mostText = 200

/**
 * The filter that finds a group. What changes within a group is masked by `#`, and a filter looks for one text: the
 * longest piece that does not change. It may find letters of another group too; so how many it finds is always said.
 */
export const filterOfGroup = ({ detail_masked, reason }: Pick<Group, "reason" | "detail_masked">): Narrowing => {
  const piece = detail_masked.split("#").map((one) => one.trim()).reduce(
    (longest, one) => one.length > longest.length ? one : longest,
    ""
  )
  return { reason, ...(piece.length < 3 ? {} : { text: [...piece].slice(0, mostText).join("").trim() }) }
}

/** What became of all that were meant, over as many requests as it took. */
export interface Done {
  readonly matched: number
  readonly moved: number
  readonly stayed: number
  readonly skipped: number
  readonly left: number
}

export const nothingDone: Done = { matched: 0, moved: 0, stayed: 0, skipped: 0, left: 0 }

/** Adds what one more request did. */
export const plus = (done: Done, { cut, left, matched, moved, skipped, unreadable }: Swept): Done => ({
  matched: done.matched === 0 ? matched : done.matched,
  moved: done.moved + moved,
  stayed: done.stayed + cut + unreadable.reduce((sum, { count }) => sum + count, 0),
  skipped: done.skipped + skipped,
  left
})

/** What was done, in a sentence or some. */
export const doneWords = (queue: DeadLetterQueue, action: ActionName, { left, moved, skipped, stayed }: Done): string =>
  [
    `${countedIn(queue, moved)} ${actions[action].done}.`,
    ...(stayed === 0 ? [] : [`${stayed.toLocaleString("en")} still can't be read and stay.`]),
    ...(skipped === 0 ? [] : [`${skipped.toLocaleString("en")} were not there any more.`]),
    ...(left === 0 ? [] : [`${left.toLocaleString("en")} are left.`])
  ].join(" ")

/** How much is done, from 0 to 1. */
export const partDone = ({ left, matched }: Done): number => matched === 0 ? 0 : (matched - left) / matched

/** As deep as a record may be; how many values it holds does not matter here. */
const jsonLimits = { depth: 64, values: Infinity }

/**
 * Where reading a text as JSON stops, counted from 0, by the check that a decoder makes; `undefined` when that is not why
 * it is kept, or is in the part that was cut off.
 */
export const stoppedAt = ({ isCut, raw, reason }: Raw & { readonly reason: string }): number | undefined => {
  const found = reason === "not_json" ? checkJson(raw, jsonLimits) : undefined
  return found?.fault !== "not_json" || (isCut && found.at >= raw.length) ? undefined : found.at
}

type Kept = Readonly<Record<string, unknown>>

const read = (payload: string): Kept | undefined => {
  try {
    const value: unknown = JSON.parse(payload)
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

const textOf = (kept: Kept | undefined, names: ReadonlyArray<string>): string | undefined =>
  names.map((name) => kept?.[name]).find((value) => typeof value === "string")

/** Which host it is about; of a quarantined record, who sent it. */
export const hostOf = (payload: string): string | undefined => textOf(read(payload), ["hostname", "peer", "sender"])

/** The message, or the raw text, that is in it. */
export const messageOf = (payload: string): string => textOf(read(payload), ["message", "raw"]) ?? payload

/** What is kept of a record that could not be read. */
export interface Raw {
  readonly raw: string
  /** It is only the beginning. */
  readonly isCut: boolean
}

export const rawOf = (payload: string): Raw | undefined => {
  const kept = read(payload)
  const raw = textOf(kept, ["raw"])
  return raw === undefined ? undefined : { raw, isCut: kept?.["cut"] === true }
}

/** The payload with a field on each line, for people; as it is when it is no JSON. */
export const readable = (payload: string): string => {
  const kept = read(payload)
  return kept === undefined ? payload : JSON.stringify(kept, undefined, 2)
}
