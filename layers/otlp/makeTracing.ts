import { Clock, Effect } from "effect"
import { settings } from "../../src/domain/Settings.ts"
import { makeTraceSampler } from "../../src/logic/traceSampler.ts"
import type { OtelSettings } from "../environment/Environment.ts"
import { makeRandomHex } from "../random/pooledRandom.ts"
import type { EndedSpan, Span, SpanAttributes } from "../telemetry/Span.ts"
import type { SpanOptions, Tracing } from "../telemetry/Tracing.ts"

/** Makes spans, and gives those that ended to `offer`. */
export const makeTracing = (
  { ratio, sampler }: Pick<OtelSettings, "sampler" | "ratio">,
  offer: (span: EndedSpan) => void
): Effect.Effect<Tracing> =>
  Effect.map(Clock.Clock, (clock) => {
    const randomHex = makeRandomHex()
    const random = () => Number.parseInt(randomHex(6), 16) / 2 ** 48
    const { samples, setRatio } = makeTraceSampler(sampler, ratio ?? settings.trace_ratio.default, random)

    const start = (name: string, options: SpanOptions = {}): Span => {
      const { parent } = options
      let attributes: SpanAttributes = options.attributes ?? {}
      let ended = false
      const made = {
        name,
        kind: options.kind ?? "internal",
        traceId: parent?.traceId ?? randomHex(16),
        spanId: randomHex(8),
        parentSpanId: parent?.spanId,
        startedAt: options.startedAt ?? clock.currentTimeNanosUnsafe(),
        links: options.links ?? []
      }
      return {
        ...made,
        sampled: true,
        annotate: (more) => {
          attributes = { ...attributes, ...more }
        },
        end: (failure) => {
          if (ended) return
          ended = true
          offer({ ...made, attributes, failure, endedAt: clock.currentTimeNanosUnsafe() })
        }
      }
    }
    return { enabled: true, samples, setRatio, start }
  })
