import { parse } from "yaml"
import type { JsonSchema } from "../schemaParts.ts"
import type { Definition } from "./definitions.ts"

const isSchema = (value: unknown): value is JsonSchema =>
  value !== null && typeof value === "object" && !Array.isArray(value)

const each = (all: unknown, change: (schema: JsonSchema) => JsonSchema): JsonSchema =>
  Object.fromEntries(
    Object.entries(isSchema(all) ? all : {}).map(([name, one]) => [name, isSchema(one) ? change(one) : one])
  )

/** What a cluster does not compare an object with. */
const words = /^(?:description|default|example|nullable|x-kubernetes-.*)$/

/**
 * A schema of a definition as JSON Schema that refuses what a cluster would drop in silence: a field that no schema
 * names.
 */
const strict = (schema: JsonSchema): JsonSchema => {
  const { additionalProperties, items, properties, type, ...others } = schema
  const kept = Object.fromEntries(Object.entries(others).filter(([name]) => !words.test(name)))
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true
  const fields = isSchema(additionalProperties) ? strict(additionalProperties) : additionalProperties
  const all = fields ?? (type === "object" && !open ? false : undefined)
  return {
    ...kept,
    ...type === undefined ? {} : { type: schema["nullable"] === true ? [type, "null"] : type },
    ...properties === undefined ? {} : { properties: each(properties, strict) },
    ...all === undefined ? {} : { additionalProperties: all },
    ...isSchema(items) ? { items: strict(items) } : {}
  }
}

/** Of Kubernetes itself, in the file of definitions beside its schemas. */
const metadata: JsonSchema = {
  $ref: "/api/_definitions.json#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
}

export interface StrictSchema {
  /** Named as the schemas of Kubernetes are: kind, first word of the group, version. */
  readonly name: string
  readonly schema: JsonSchema
}

/** As it is kept. */
export const schemaText = ({ schema }: StrictSchema): string => `${JSON.stringify(schema)}\n`

/** The schema of the version that a cluster stores: others are read for those who still write them. */
export const strictSchemas = ({ module, text }: Definition): ReadonlyArray<StrictSchema> => {
  const { group, names, versions } = parse(text).spec
  return versions.filter(({ storage }: { readonly storage: boolean }) => storage).map(
    ({ name, schema }: { readonly name: string; readonly schema: { readonly openAPIV3Schema: JsonSchema } }) => {
      const whole = strict(schema.openAPIV3Schema)
      const { status: _, ...properties } = each(whole["properties"], (one) => one)
      const own = { apiVersion: { const: `${group}/${name}` }, kind: { const: names.kind }, metadata }
      return {
        name: [names.singular, group.split(".")[0], name].join("-"),
        schema: {
          $comment: `From ${module}, under the Apache License 2.0.`,
          ...whole,
          properties: { ...properties, ...own },
          required: ["apiVersion", "kind", "metadata", "spec"]
        }
      }
    }
  )
}
