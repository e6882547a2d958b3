import type { BreakerState } from "./AlertQueue.ts"

/** A reply of another shape is a fault of our scripts: the effect dies with what was found. */
const unlike = (wanted: string, found: unknown): never => {
  throw new TypeError(`Redis answered ${found === null ? "null" : typeof found} where ${wanted} was due.`)
}

export const list = (reply: unknown): ReadonlyArray<unknown> => Array.isArray(reply) ? reply : unlike("a list", reply)

export const text = (reply: unknown): string => typeof reply === "string" ? reply : unlike("a text", reply)

export const texts = (reply: unknown): ReadonlyArray<string> => list(reply).map(text)

export const int = (reply: unknown): number => {
  const number = typeof reply === "number" ? reply : Number(text(reply))
  return Number.isFinite(number) ? number : unlike("a number", reply)
}

export const breakerState = (reply: unknown): BreakerState =>
  reply === "open" || reply === "half_open" ? reply : "closed"

/** Reads a flat list of names and values. */
export const hash = (reply: unknown): ReadonlyMap<string, string> => {
  const flat = texts(reply)
  const fields = new Map<string, string>()
  for (let index = 0; index + 1 < flat.length; index += 2) fields.set(flat[index] ?? "", flat[index + 1] ?? "")
  return fields
}

export interface RawEntry {
  readonly id: string
  readonly fields: ReadonlyMap<string, string>
}

export const streamEntries = (reply: unknown): ReadonlyArray<RawEntry> =>
  list(reply).map((entry) => {
    const [id, fields] = list(entry)
    return { id: text(id), fields: hash(fields) }
  })
