import { isObject, type Json } from "../fields/classifyFields.ts"
import { Refusal } from "../ReceiveContext.ts"

/** Envelopes by the name that people search for, and how each is recognized. */
const known: ReadonlyArray<readonly [string, (value: Json) => boolean]> = [
  ["OTLP", (value) => ["resourceLogs", "resourceMetrics", "resourceSpans"].some((key) => Array.isArray(value[key]))],
  ["Alertmanager webhook", (value) => Array.isArray(value["alerts"]) && ("receiver" in value || "groupKey" in value)],
  ["Alertmanager alerts", (value) => isObject(value["labels"]) && "alertname" in value["labels"]],
  ["CloudEvents", (value) => typeof value["specversion"] === "string" && "type" in value && "source" in value],
  ["Elastic _bulk", (value) => bulkAction(value) !== undefined]
]

/** Refuses a record that is a known envelope, by name; `undefined` for any other. */
export const refuseEnvelope = (value: unknown): Refusal | undefined => {
  if (!isObject(value)) return undefined
  const found = known.find(([, isOne]) => isOne(value))
  return found === undefined ? undefined : new Refusal("unsupported_envelope", `${found[0]} is not taken in.`)
}

/** Content types of bodies that are no text. */
const binary: ReadonlyArray<readonly [string, string]> = [
  ["application/x-protobuf", "protobuf"],
  ["application/protobuf", "protobuf"],
  ["application/msgpack", "MessagePack"],
  ["application/x-msgpack", "MessagePack"]
]

/** Refuses a body of a known binary type, by name. */
export const refuseContentType = (contentType: string): Refusal | undefined => {
  const found = binary.find(([type]) => contentType.startsWith(type))
  return found === undefined ? undefined : new Refusal("unsupported_envelope", `${found[1]} is not taken in.`)
}

/**
 * The index that an action line of Elastic's `_bulk` names for the document after it, and whether there is such a
 * document.
 */
export const bulkAction = (
  value: Json
): { readonly index: string | undefined; readonly document: boolean } | undefined => {
  const [action, ...others] = Object.keys(value)
  const target = action === undefined ? undefined : value[action]
  if (others.length > 0 || !isObject(target) || action === undefined || !actions.has(action)) return undefined
  const index = target["_index"]
  return { index: typeof index === "string" ? index : undefined, document: action === "index" || action === "create" }
}

const actions: ReadonlySet<string> = new Set(["index", "create", "update", "delete"])
