/** Levels of objects and arrays inside one record. */
export const depthLimit = 32

/** The JSON text of a value that may be too deep to print whole: what lies below the limit becomes `null`. */
export const boundedJson = (value: unknown): string => JSON.stringify(prune(value, 0)) ?? "null"

const prune = (value: unknown, depth: number): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (depth >= depthLimit) return null
  if (Array.isArray(value)) return value.map((item) => prune(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, prune(item, depth + 1)]))
}

/** Does `boundedJson` leave something of it out? */
export const isDeep = (value: unknown, depth = 0): boolean =>
  typeof value === "object" && value !== null &&
  (depth >= depthLimit || Object.values(value).some((item) => isDeep(item, depth + 1)))

/** Is the value, as JSON, surely longer than `limit` characters? Stops counting as soon as it is. */
export const exceedsSize = (value: unknown, limit: number): boolean => measure(value, limit, 0) > limit

/** Characters of the value as JSON, about. */
export const sizeOf = (value: unknown): number => measure(value, Infinity, 0)

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
