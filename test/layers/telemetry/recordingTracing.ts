import { Effect, Layer } from "effect"
import { makeTracing } from "../../../layers/otlp/makeTracing.ts"
import type { EndedSpan } from "../../../layers/telemetry/Span.ts"
import { Tracing } from "../../../layers/telemetry/Tracing.ts"
import type { SamplerName } from "../../../src/logic/traceSampler.ts"

/** Makes the spans that a program would tell of, and keeps them in the order in which they ended. */
export const recordingTracing = (sampler: SamplerName, ratio = 1) => {
  const spans: Array<EndedSpan> = []
  const make = makeTracing({ sampler, ratio }, (span) => void spans.push(span))
  const named = (name: string) => spans.filter((span) => span.name === name)
  return { spans, named, make, layer: Layer.effect(Tracing, make), provide: Effect.provideServiceEffect(Tracing, make) }
}
