import type { Metric } from "effect"
import { boundsOf, bucketOf } from "./latencyHistogram.ts"

/** One value of a bucket, and the trace that tells how it came about. */
export interface Exemplar {
  readonly value: number
  readonly traceId: string
  /** Of the epoch. */
  readonly atMs: number | undefined
}

/** By name of the histogram, then by bucket. */
const kept = new Map<string, Array<Exemplar | undefined>>()

/** Anything else is no trace, and would be longer than an exemplar may be. */
const traceForm = /^[0-9a-f]{32}$/

/** Keeps a sampled value as the exemplar of its bucket, in place of the one before. For what `latencyHistogram` made. */
export const offerExemplar = (
  metric: Pick<Metric.Histogram<number>, "id">,
  value: number,
  traceId: string,
  atMs?: number
): void => {
  const boundaries = boundsOf(metric.id)
  if (boundaries.length === 0 || !Number.isFinite(value) || !traceForm.test(traceId)) return
  let buckets = kept.get(metric.id)
  if (buckets === undefined) kept.set(metric.id, buckets = Array.from({ length: boundaries.length + 1 }))
  buckets[bucketOf(boundaries, value)] = { value, traceId, atMs }
}

/** The exemplars of a histogram, by bucket. */
export const exemplarsOf = (id: string): ReadonlyArray<Exemplar | undefined> => kept.get(id) ?? []

/** Tests alone begin anew. */
export const forgetExemplars = (): void => kept.clear()
