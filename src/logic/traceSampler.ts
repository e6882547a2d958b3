import type { SpanContext } from "./traceparent.ts"

/** `OTEL_TRACES_SAMPLER`. Those that begin with `parentbased_` do what the sender of a `traceparent` decided. */
export const samplers = [
  "parentbased_traceidratio",
  "traceidratio",
  "parentbased_always_on",
  "always_on",
  "parentbased_always_off",
  "always_off"
] as const
export type SamplerName = (typeof samplers)[number]

export interface TraceSampler {
  /** Is the trace of this arrival to be told? Decided once, here; whoever works on does as it says. */
  readonly samples: (parent: SpanContext | undefined) => boolean
  /** The part of the traces that is told, from 0 to 1; samplers without a ratio ignore it. */
  readonly setRatio: (ratio: number) => void
}

/**
 * Decides which traces are told. Without a parent it counts down to the next one, so that an arrival that is not told
 * costs a subtraction. `random` gives numbers from 0 to 1.
 */
export const makeTraceSampler = (name: SamplerName, ratio: number, random: () => number): TraceSampler => {
  const parentDecides = name.startsWith("parentbased_")
  const fixed = name.endsWith("always_on") ? 1 : name.endsWith("always_off") ? 0 : undefined
  let part = fixed ?? ratio
  let left = gap(part, random)
  return {
    samples: (parent) => {
      if (parent !== undefined) return parentDecides ? parent.sampled : chosen(parent.traceId, part)
      if (--left > 0) return false
      left = gap(part, random)
      return part > 0
    },
    setRatio: (ratio) => {
      if (fixed !== undefined || ratio === part) return
      part = ratio
      left = gap(part, random)
    }
  }
}

/** Arrivals from one told trace to the next: a geometric distribution, as if each was drawn. */
const gap = (part: number, random: () => number): number => {
  if (part <= 0) return Number.POSITIVE_INFINITY
  return part >= 1 ? 1 : Math.floor(Math.log(1 - random()) / Math.log(1 - part)) + 1
}

/** The last 14 digits of a trace's id decide, so that all who go by the ratio decide alike. */
const chosen = (traceId: string, part: number): boolean => Number.parseInt(traceId.slice(-14), 16) < part * 2 ** 56
