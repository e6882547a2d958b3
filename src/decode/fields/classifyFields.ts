import type { Arrival } from "../Arrival.ts"
import { aliasOf, nestedKeys, slotOf } from "./fieldAliases.ts"
import { readFieldValue } from "./fieldValue.ts"
import { boundedJson } from "./normalizeFields.ts"
import { cleanText } from "./text.ts"

export type Extra = readonly [string, unknown]
export type Json = Readonly<Record<string, unknown>>

/** A record taken apart. */
export interface Classified {
  /** Slot → what it says. */
  readonly held: ReadonlyArray<unknown>
  readonly extras: Array<Extra>
  /** The time as written, when none could be read. */
  readonly unreadTime: string | undefined
  /** What the time was read from. */
  readonly time: unknown
  readonly unreadSeverity: boolean
}

/** What becomes of names that begin with `_`: they are the pipeline's own and go, or the shipper's and stay. */
export type Underscores = "drop" | "keep" | "strip"

interface Winner {
  readonly rank: number
  readonly key: string
  /** Does it stand at the top of the record, so that it becomes a field when another wins? */
  readonly top: boolean
}

/** Gives each key to its slot or to the fields; of several spellings of one slot the best that can be read wins. */
export const classifyFields = (record: Json, arrival: Arrival, underscores: Underscores): Classified => {
  const held: Array<unknown> = []
  const winners: Array<Winner | undefined> = []
  const extras: Array<Extra> = []
  let unreadTime: string | undefined
  let unreadSeverity = false

  const offer = (key: string, value: unknown, top: boolean): boolean => {
    const alias = aliasOf(key)
    if (alias === undefined) return false
    if (value === null || value === undefined || value === "") return true
    const { rank, slot } = alias
    const read = readFieldValue(slot, key, value, arrival)
    const winner = winners[slot]
    if (read === undefined) {
      if (slot === slotOf.severity) unreadSeverity = true
      if (top && slot === slotOf.timestamp && unreadTime === undefined) unreadTime = printScalar(value)
      else if (top) extras.push([key, value])
    } else if (winner !== undefined && winner.rank <= rank) {
      if (top) extras.push([key, value])
    } else {
      if (winner?.top === true) extras.push([winner.key, record[winner.key]])
      winners[slot] = { rank, key, top }
      held[slot] = read
    }
    return true
  }

  for (const key of Object.keys(record)) {
    const value = record[key]
    if (value === undefined) continue
    if (!offer(key, value, true)) addExtra(extras, key, value, record, underscores)
    if (nestedKeys.has(key) && isObject(value)) offerNested(key, value, 1, offer)
  }
  const time = winners[slotOf.timestamp]
  return { held, extras, unreadTime, unreadSeverity, time: time === undefined ? undefined : record[time.key] }
}

const addExtra = (
  extras: Array<Extra>,
  key: string,
  value: unknown,
  record: Json,
  underscores: Underscores
): void => {
  if (key.charCodeAt(0) !== 95) extras.push([key, value])
  else if (underscores === "keep") extras.push([key, value])
  else if (underscores === "strip") {
    extras.push([key.length === 1 || key.slice(1) in record ? key : key.slice(1), value])
  }
}

/** The objects of ECS: `log.syslog.severity.code` is as deep as they go. */
const deepest = 3

const offerNested = (
  path: string,
  object: Json,
  depth: number,
  offer: (key: string, value: unknown, top: boolean) => boolean
): void => {
  for (const key of Object.keys(object)) {
    const value = object[key]
    const name = `${path}.${key}`
    if (isObject(value) && depth < deepest) offerNested(name, value, depth + 1, offer)
    else offer(name, value, false)
  }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const printScalar = (value: unknown): string =>
  typeof value === "string" ? cleanText(value).slice(0, 255) : boundedJson(value).slice(0, 255)
