import { Config, Context, Schema } from "effect"
import { between, type Setting, setting } from "../environment/setting.ts"
import type { Durability } from "../redis/Redis.ts"

/** How far what comes in must be before it counts: with `undefined` on the disk of the primary, as that is set up. */
export const QueueDurability = Context.Reference<Durability | undefined>("mutt/layers/queue/QueueDurability", {
  defaultValue: () => undefined
})

const form = /^(?:local|replicated(?::([1-9]))?)$/
const Level = Schema.String.check(
  Schema.makeFilter((text) => form.test(text) || "Expected local, replicated, or replicated:2 and so on up to 9")
)
const level = (name: string) => Config.schema(Level, name)

/** Settings of the programs that wait: the ingestor, and the web UI for what is replayed and discarded. */
export const durabilitySettings: {
  readonly ingestDurability: Setting<string>
  readonly ingestDurabilityTimeoutMs: Setting<number>
} = {
  /** What a 2xx waits for: the primary, or also so many replicas. */
  ingestDurability: setting("INGEST_DURABILITY", level, "local"),
  ingestDurabilityTimeoutMs: setting("INGEST_DURABILITY_TIMEOUT_MS", between(100, 4_500), 2_000)
}

export type DurabilityValues = {
  readonly ingestDurability: string
  readonly ingestDurabilityTimeoutMs: number
}

export const durabilityOf = (
  { ingestDurability, ingestDurabilityTimeoutMs: timeoutMs }: DurabilityValues
): Durability | undefined => {
  const [word, replicas = "1"] = ingestDurability.split(":")
  return word === "replicated" ? { replicas: Number(replicas), timeoutMs } : undefined
}
