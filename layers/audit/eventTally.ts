import { Schema } from "effect"
import { DecisionOutcome } from "../../src/domain/Decision.ts"
import type { EventBucket } from "../../src/domain/EventRow.ts"
import { bucketsOf } from "../../src/logic/eventBuckets.ts"
import { type EventCounts, type EventCountsQuery, type FacetName, facetNames, type Facets } from "./EventList.ts"

/** How often something was counted. */
export const Tally = Schema.Struct({
  facet: Schema.Literals(["seen", "bucket", ...facetNames]),
  bucket: Schema.NullOr(Schema.Int),
  outcome: Schema.NullOr(DecisionOutcome),
  value: Schema.NullOr(Schema.String),
  count: Schema.Int
})
export type Tally = typeof Tally.Type

/** Makes an answer of what was counted in a share of the rows. */
export const countsOf = (
  { from, to }: EventCountsQuery,
  tallies: ReadonlyArray<Tally>,
  share: number,
  mostValues: number
): EventCounts => {
  const whole = (count: number) => Math.round(count / share)
  const buckets: Array<{ -readonly [K in keyof EventBucket]: EventBucket[K] }> = bucketsOf(
    Date.parse(from),
    Date.parse(to)
  )
    .starts.map((at) => ({ at: new Date(at).toISOString(), forwarded: 0, suppressed: 0, unmatched: 0 }))
  for (const { bucket, count, facet, outcome } of tallies) {
    const at = facet === "bucket" && bucket !== null ? buckets[bucket] : undefined
    if (at !== undefined && outcome !== null) at[outcome] = whole(count)
  }

  const valuesOf = (name: FacetName): Facets[FacetName] => {
    const counts = new Map<string, number>()
    for (const { count, facet, value } of tallies) {
      // A rule comes once for each version in which it decided.
      if (facet === name && value !== null) counts.set(value, (counts.get(value) ?? 0) + count)
    }
    return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, mostValues)
      .map(([value, count]) => [value, whole(count)])
  }
  return {
    buckets,
    facets: {
      host: valuesOf("host"),
      rule: valuesOf("rule"),
      team: valuesOf("team"),
      severity: valuesOf("severity"),
      outcome: valuesOf("outcome"),
      cause: valuesOf("cause")
    },
    exact: share === 1
  }
}
