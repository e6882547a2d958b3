import type { Schema } from "effect"

const binary = [["GiB", 1_073_741_824], ["MiB", 1_048_576], ["KiB", 1_024]] as const
const long = [["d", 86_400], ["h", 3_600], ["min", 60]] as const

const inSizes = (value: number, sizes: ReadonlyArray<readonly [name: string, size: number]>): string | undefined => {
  const [name, size] = sizes.find(([, size]) => value >= size) ?? []
  return name === undefined || size === undefined ? undefined : `${count.format(value / size)} ${name}`
}

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 2 })

/** A large number in the unit that people say it in; `undefined` where the number says it. */
export const inWords = (value: Schema.Json, unit: string): string | undefined => {
  if (typeof value !== "number") return undefined
  if (unit === "bytes") return inSizes(value, binary)
  if (unit === "s") return inSizes(value, long)
  if (unit === "ms") return value < 1_000 ? undefined : `${count.format(value / 1_000)} s`
  return value < 10_000 ? undefined : count.format(value)
}

/** A value as it stands in a field. */
export const fieldText = (value: Schema.Json): string => typeof value === "string" ? value : JSON.stringify(value)

/** `1000000 events (1,000,000)`. */
export const valueWords = (value: Schema.Json, unit: string): string => {
  const text = fieldText(value)
  const words = inWords(value, unit)
  return `${text}${unit === "" ? "" : ` ${unit}`}${words === undefined ? "" : ` (${words})`}`
}
