/** JSON Schema, as far as the values of the chart need it. */
export type JsonSchema = Readonly<Record<string, unknown>>

export const text: JsonSchema = { type: "string" }
export const words: JsonSchema = { type: "string", minLength: 1 }
export const flag: JsonSchema = { type: "boolean" }
export const whole = (minimum: number, maximum: number): JsonSchema => ({ type: "integer", minimum, maximum })
export const oneOf = (...values: ReadonlyArray<string>): JsonSchema => ({ enum: values })
export const listOf = (items: JsonSchema): JsonSchema => ({ type: "array", items })
export const mapOf = (values: JsonSchema): JsonSchema => ({ type: "object", additionalProperties: values })
/** What Kubernetes itself knows better: its own kinds of objects. */
export const anyObject: JsonSchema = { type: "object" }

/** An object that has these fields, each of them by default, and no others. */
export const fields = (properties: Readonly<Record<string, JsonSchema>>, more: JsonSchema = {}): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  properties,
  ...more
})
