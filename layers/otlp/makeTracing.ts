import { Clock, Effect } from "effect"
import { settings } from "../../src/domain/Settings.ts"
import type { SpanContext } from "../../src/logic/traceparent.ts"
import { makeTraceSampler } from "../../src/logic/traceSampler.ts"
import type { OtelSettings } from "../environment/Environment.ts"
import { makeRandomHex } from "../random/pooledRandom.ts"
import type { EndedSpan, Span, SpanAttributes } from "../telemetry/Span.ts"
import type { SpanOptions, Tracing } from "../telemetry/Tracing.ts"

const zeros = /^0+$/

/** Makes spans, and gives those that ended to `offer`. */
export const makeTracing = (
  { ratio, sampler }: Pick<OtelSettings, "sampler" | "ratio">,
  offer: (span: EndedSpan) => void
): Effect.Effect<Tracing> =>
  Effect.map(Clock.Clock, (clock) => {
    const randomHex = makeRandomHex()
    const random = () => Number.parseInt(randomHex(6), 16) / 2 ** 48
    /** An id of zeros is none. */
    const newId = (bytes: number): string => {
      const id = randomHex(bytes)
      return zeros.test(id) ? newId(bytes) : id
    }
    const { samples, setRatio } = makeTraceSampler(sampler, ratio ?? settings.trace_ratio.default, random)

    const start = (name: string, options: SpanOptions = {}): Span => {
      const { as, parent } = options
      let attributes: SpanAttributes = options.attributes ?? {}
      let ended = false
      const made = {
        name,
        kind: options.kind ?? "internal",
        traceId: as?.traceId ?? parent?.traceId ?? newId(16),
        spanId: as?.spanId ?? newId(8),
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
          if (failure !== undefined) attributes = { ...attributes, "error.type": failure }
          offer({ ...made, attributes, failure, endedAt: clock.currentTimeNanosUnsafe() })
        }
      }
    }
    const reserve = ({ traceId }: SpanContext): SpanContext => ({ traceId, spanId: newId(8), sampled: true })
    return { enabled: true, samples, setRatio, start, reserve }
  })
