import type { Result } from "effect"
import { type Contents, contentsOf, isKept } from "./contents.ts"
import { configKeys } from "./keys.ts"

interface ConfigHash {
  /** Redis has no such hash. */
  readonly empty: boolean
  readonly epoch: string
  readonly version: number
  /** Or what is wrong with them. */
  readonly contents: Result.Result<Contents, ReadonlyArray<string>>
  /** Names that this program does not know. */
  readonly unknown: ReadonlyArray<string>
}

/** Decodes the answer to HGETALL. */
export const readConfigHash = (reply: unknown): ConfigHash => {
  const fields = fieldsOf(reply)
  const given = new Map<string, unknown>()
  const unknown: Array<string> = []
  for (const [name, text] of fields) {
    if (name.startsWith("_")) continue
    if (isKept(name)) given.set(name, json(text))
    else unknown.push(name)
  }
  return {
    empty: fields.size === 0,
    epoch: fields.get(configKeys.epoch) ?? "",
    version: Number(fields.get(configKeys.version) ?? 0),
    contents: contentsOf(given),
    unknown
  }
}

const fieldsOf = (reply: unknown): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>()
  if (Array.isArray(reply)) {
    for (let i = 0; i + 1 < reply.length; i += 2) fields.set(String(reply[i]), String(reply[i + 1]))
  }
  return fields
}

/** `undefined`, which fits no setting, when the text is no JSON. */
const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
