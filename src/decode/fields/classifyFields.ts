import type { ReceiveContext } from "../ReceiveContext.ts"
import { boundedJson } from "./boundedJson.ts"
import { aliasOf, type FieldAlias, nestedKeys, slotOf } from "./fieldAliases.ts"
import { readFieldValue } from "./fieldValue.ts"
import { cleanText } from "./text.ts"

export type Extra = readonly [string, unknown]
export type Json = Readonly<Record<string, unknown>>

/** A record, sorted. */
interface Classified {
  /** Slot → what it says. */
  readonly held: ReadonlyArray<unknown>
  readonly extras: Array<Extra>
  /** The time as written, when none could be read. */
  readonly unreadTime: string | undefined
  /** What the time was read from. */
  readonly time: unknown
  readonly unreadSeverity: boolean
}

/** What to do with names that begin with `_`: the pipeline's own are dropped, the shipper's are kept. */
export type Underscores = "drop" | "keep" | "strip"

interface Winner {
  readonly rank: number
  readonly key: string
  /** Does it stand at the top of the record, so that it becomes a field when another wins? */
  readonly top: boolean
}

/** Sorts the keys of a record into slots and fields. Of several names of one slot, the best that can be read wins. */
export const classifyFields = (
  record: Json,
  context: ReceiveContext,
  underscoresOf: (record: Json) => Underscores
): Classified => {
  const draft: Draft = {
    held: [],
    winners: [],
    extras: [],
    unreadTime: undefined,
    unreadSeverity: false
  }
  let underscores: Underscores | undefined
  for (const key of Object.keys(record)) {
    const value = record[key]
    if (value === undefined) continue
    const alias = aliasOf(key)
    if (alias !== undefined) offer(draft, record, alias, key, value, true, context)
    else if (key.charCodeAt(0) !== 95) draft.extras.push([key, value])
    else {
      underscores ??= underscoresOf(record)
      if (underscores !== "drop") draft.extras.push([underscores === "strip" ? stripped(key, record) : key, value])
    }
    if (typeof value === "object" && value !== null && nestedKeys.has(key) && isObject(value)) {
      offerNested(draft, record, key, value, 1, context)
    }
  }
  const time = draft.winners[slotOf.timestamp]
  return {
    held: draft.held,
    extras: draft.extras,
    unreadTime: draft.unreadTime,
    unreadSeverity: draft.unreadSeverity,
    time: time === undefined ? undefined : record[time.key]
  }
}

interface Draft {
  readonly held: Array<unknown>
  readonly winners: Array<Winner | undefined>
  readonly extras: Array<Extra>
  unreadTime: string | undefined
  unreadSeverity: boolean
}

const offer = (
  draft: Draft,
  record: Json,
  { rank, slot }: FieldAlias,
  key: string,
  value: unknown,
  top: boolean,
  context: ReceiveContext
): void => {
  if (value === null || value === "") return
  const read = readFieldValue(slot, key, value, context)
  const winner = draft.winners[slot]
  if (read === undefined) {
    if (slot === slotOf.severity) draft.unreadSeverity = true
    if (top && slot === slotOf.timestamp && draft.unreadTime === undefined) draft.unreadTime = printScalar(value)
    else if (top) draft.extras.push([key, value])
  } else if (winner !== undefined && winner.rank <= rank) {
    if (top) draft.extras.push([key, value])
  } else {
    if (winner?.top === true) draft.extras.push([winner.key, record[winner.key]])
    draft.winners[slot] = { rank, key, top }
    draft.held[slot] = read
  }
}

const stripped = (key: string, record: Json): string => key.length === 1 || key.slice(1) in record ? key : key.slice(1)

/** The objects of ECS: `log.syslog.severity.code` is as deep as they go. */
const deepest = 3

const offerNested = (
  draft: Draft,
  record: Json,
  path: string,
  object: Json,
  depth: number,
  context: ReceiveContext
): void => {
  for (const key of Object.keys(object)) {
    const value = object[key]
    const name = `${path}.${key}`
    const alias = aliasOf(name)
    if (isObject(value) && depth < deepest) offerNested(draft, record, name, value, depth + 1, context)
    else if (alias !== undefined && value !== undefined) offer(draft, record, alias, name, value, false, context)
  }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const printScalar = (value: unknown): string =>
  cleanText((typeof value === "string" ? value : boundedJson(value)).slice(0, 255))
