import { Effect, Schema } from "effect"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import type { MetricsFormat } from "../../layers/telemetry/metricsText.ts"
import { clientTool } from "../../scripts/stack/Tools.ts"

const Labels = Schema.Record(Schema.String, Schema.String)
const Family = Schema.Struct({
  name: Schema.String,
  type: Schema.String,
  unit: Schema.String,
  help: Schema.String,
  samples: Schema.Array(Schema.Struct({
    name: Schema.String,
    labels: Labels,
    /** As Python writes numbers. */
    value: Schema.String,
    exemplar: Schema.NullOr(Schema.Struct({ labels: Labels, value: Schema.String }))
  }))
})
export type Family = typeof Family.Type

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Family)))

/** Reads a text of metrics as Prometheus's own client does; dies with its complaint when it can't. */
export const parseMetrics = Effect.fnUntraced(function*(text: string, format: MetricsFormat) {
  const { bin } = yield* clientTool("metricsParser")
  const script = join(import.meta.dirname, "parseMetrics.py")
  const read = spawnSync(bin, [script, format], { input: text, encoding: "utf8", maxBuffer: 16_777_216 })
  if (read.status !== 0) return yield* Effect.die(new Error(read.stderr))
  return yield* decode(read.stdout)
})
