import type { Schema } from "effect"
import { eventLimits } from "../../domain/Event.ts"
import { Refusal } from "../ReceiveContext.ts"
import { depthLimit } from "./boundedJson.ts"
import { cleanText } from "./text.ts"

const tooDeep = new Refusal("too_deep", `Nested deeper than ${depthLimit} levels.`)

/** What a record says beyond the parts of an event. */
export type Fields = Record<string, Schema.Json>

/**
 * The extra fields of a record, bounded in number and depth and free of what the database cannot hold.
 * `fields_dropped` counts those beyond the limit, and those that were dropped before.
 */
export const normalizeFields = (
  extras: ReadonlyArray<readonly [string, unknown]>,
  before = 0
): Fields | Refusal => {
  const fields: Fields = {}
  const kept = Math.min(extras.length, eventLimits.fields)
  for (let i = 0; i < kept; i++) {
    const extra = extras[i]
    if (extra === undefined) continue
    const value = normalizeValue(extra[1], 1)
    if (value instanceof Refusal) return value
    setField(fields, cleanText(extra[0]), value)
  }
  const dropped = extras.length - kept + before
  if (dropped > 0) fields["fields_dropped"] = dropped
  return fields
}

/** Sets a field by whatever name: an assignment to `__proto__` would set none. */
export const setField = <A>(fields: Record<string, A>, name: string, value: A): void => {
  if (name !== "__proto__") fields[name] = value
  else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true })
}

const normalizeValue = (value: unknown, depth: number): Schema.Json | Refusal => {
  if (typeof value === "string") return cleanText(value)
  if (typeof value === "number" || typeof value === "boolean") return value
  if (typeof value !== "object" || value === null) return null
  if (depth >= depthLimit) return tooDeep
  if (Array.isArray(value)) {
    const items: Array<Schema.Json> = []
    for (const item of value) {
      const normalized = normalizeValue(item, depth + 1)
      if (normalized instanceof Refusal) return normalized
      items.push(normalized)
    }
    return items
  }
  const object: Fields = {}
  for (const [key, item] of Object.entries(value)) {
    const normalized = normalizeValue(item, depth + 1)
    if (normalized instanceof Refusal) return normalized
    setField(object, cleanText(key), normalized)
  }
  return object
}
