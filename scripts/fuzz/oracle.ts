import { budgetLimits, bytesOf } from "../../src/decode/Budget.ts"
import { depthLimit } from "../../src/decode/fields/boundedJson.ts"
import type { Decoded } from "../../src/decode/ReceiveContext.ts"
import { rawLimit } from "../../src/decode/ReceiveContext.ts"
import { eventLimits } from "../../src/domain/Event.ts"

/** What a record may come to beside what is charged: its free characters in bytes, and its texts that are cut. */
const perRecord = 3 * budgetLimits.free + 4_096

/** Characters of a detail, each of which may take six. */
const detailLimit = 200

/** What is wrong with what was decoded of so many bytes; `undefined` when nothing is. */
export const wrongWith = (bytes: number, decoded: Decoded): string | undefined => {
  const { events, quarantined, texts } = decoded
  if (texts.length !== events.length) return `${events.length} events have ${texts.length} texts`
  let made = 0
  for (const [index, event] of events.entries()) {
    const text = texts[index] ?? ""
    made += bytesOf(text)
    if (event.hostname === "" || event.hostname.length > eventLimits.hostname) return "a host name of a wrong length"
    if (event.message === "" || event.message.length > eventLimits.message) return "a message of a wrong length"
    if (Object.keys(event.fields ?? {}).length > eventLimits.fields + 3) return "too many fields"
    if (Number.isNaN(Date.parse(event.timestamp))) return `no time: ${event.timestamp}`
    const fault = faultIn(event, 0)
    if (fault !== undefined) return fault
    if (JSON.stringify(event) !== text) return "a text that is not the event's"
  }
  for (const { detail, raw, reason } of quarantined) {
    made += bytesOf(JSON.stringify({ detail, raw }))
    if (reason === "decoder_failed") return `a decoder failed: ${detail}`
    if (raw.length > rawLimit) return "more of a refused record is kept than may be"
    if (detail === "" || detail.length > detailLimit) return "a detail of a wrong length"
  }
  const allowed = bytes * budgetLimits.multiple + (events.length + quarantined.length) * perRecord
  return made > allowed ? `${bytes} bytes became ${made}, ${allowed} are allowed` : undefined
}

/** NUL, half of a surrogate pair, or levels without end. */
const faultIn = (value: unknown, depth: number): string | undefined => {
  if (typeof value === "string") {
    if (value.includes("\0")) return "NUL in an event"
    return value.isWellFormed() ? undefined : "half of a surrogate pair in an event"
  }
  if (typeof value !== "object" || value === null) return undefined
  if (depth > depthLimit + 1) return "an event that is too deep"
  for (const [name, item] of Object.entries(value)) {
    const fault = faultIn(name, depth) ?? faultIn(item, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}
