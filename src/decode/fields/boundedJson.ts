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

/** Estimates how many characters the value takes as JSON. */
export const sizeOf = (value: unknown, depth = 0): number => {
  if (typeof value === "string") return value.length + 2
  if (typeof value !== "object" || value === null || depth >= depthLimit) return 1
  return Object.entries(value).reduce((size, [key, item]) => size + key.length + 2 + sizeOf(item, depth + 1), 2)
}
