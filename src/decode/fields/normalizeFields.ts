import type { Schema } from "effect"
import { eventLimits } from "../../domain/Event.ts"
import { Refusal } from "../Arrival.ts"
import { cleanText } from "./text.ts"

/** Levels of objects and arrays inside one record. */
export const depthLimit = 32

const tooDeep = new Refusal("too_deep", `Nested deeper than ${depthLimit} levels.`)

/** Everything of a record that has no place of its own in an event. */
export type Fields = Record<string, Schema.Json>

/**
 * The extra fields of a record, bounded in number and depth and free of what the database cannot hold.
 * `fields_dropped` counts those beyond the limit.
 */
export const normalizeFields = (extras: ReadonlyArray<readonly [string, unknown]>): Fields | Refusal => {
  const fields: Fields = {}
  const kept = Math.min(extras.length, eventLimits.fields)
  for (let i = 0; i < kept; i++) {
    const extra = extras[i]
    if (extra === undefined) continue
    const value = tidy(extra[1], 1)
    if (value instanceof Refusal) return value
    fields[cleanText(extra[0])] = value
  }
  if (extras.length > kept) fields["fields_dropped"] = extras.length - kept
  return fields
}

const tidy = (value: unknown, depth: number): Schema.Json | Refusal => {
  if (typeof value === "string") return cleanText(value)
  if (typeof value === "number" || typeof value === "boolean") return value
  if (typeof value !== "object" || value === null) return null
  if (depth >= depthLimit) return tooDeep
  if (Array.isArray(value)) {
    const items: Array<Schema.Json> = []
    for (const item of value) {
      const tidied = tidy(item, depth + 1)
      if (tidied instanceof Refusal) return tidied
      items.push(tidied)
    }
    return items
  }
  const object: Fields = {}
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") continue
    const tidied = tidy(item, depth + 1)
    if (tidied instanceof Refusal) return tidied
    object[cleanText(key)] = tidied
  }
  return object
}

/** The JSON text of a value that may be too deep to print whole: what lies below the limit becomes `null`. */
export const boundedJson = (value: unknown): string => JSON.stringify(prune(value, 0)) ?? "null"

const prune = (value: unknown, depth: number): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (depth >= depthLimit) return null
  if (Array.isArray(value)) return value.map((item) => prune(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, prune(item, depth + 1)]))
}

/** Is the value, as JSON, surely longer than `limit` characters? Stops counting as soon as it is. */
export const exceedsSize = (value: unknown, limit: number): boolean => measure(value, limit, 0) > limit

const measure = (value: unknown, limit: number, depth: number): number => {
  if (typeof value === "string") return value.length + 2
  if (typeof value !== "object" || value === null || depth >= depthLimit) return 1
  let size = 2
  for (const [key, item] of Object.entries(value)) {
    size += key.length + 2 + measure(item, limit - size, depth + 1)
    if (size > limit) return size
  }
  return size
}
