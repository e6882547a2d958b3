import { Effect } from "effect"
import type { Redis } from "../redis/Redis.ts"
import { contentsOf, isKept } from "./contents.ts"
import { hedgedCommand } from "./hedgedRead.ts"
import { configKeys } from "./keys.ts"

/** Reads which version Redis has; `""` and 0 when it has none. */
export const readHead = (redis: Redis["Service"]) =>
  Effect.map(hedgedCommand(redis, "HMGET", configKeys.hash, configKeys.epoch, configKeys.version), (reply) => {
    const [epoch, version] = Array.isArray(reply) ? reply : []
    return { epoch: String(epoch ?? ""), version: Number(version ?? 0) }
  })

/** Decodes the answer to HGETALL. `unknown` are names that this program does not know. */
export const readConfigHash = (reply: unknown) => {
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
