import type { Flow, FlowNow, FlowPoint } from "../../../../../src/api/web-ui/Flow.ts"

const most = { seconds: 300, minutes: 60 }

type Counted = "accepted" | "forwarded" | "suppressed" | "unmatched" | "delivered" | "failed" | "quarantined"

/** The newest point joins those before it; the minute under way takes the place of what was known of it. */
const joined = (points: ReadonlyArray<FlowPoint>, point: FlowPoint | null, kept: number): ReadonlyArray<FlowPoint> =>
  point === null ? points : [...points.filter(({ at }) => at < point.at), point].slice(-kept)

/** The flow with what the stream told since. */
export const withNow = (flow: Flow, { as_of, minute, second }: FlowNow): Flow => ({
  ...flow,
  as_of,
  unavailable: null,
  seconds: joined(flow.seconds, second, most.seconds),
  minutes: joined(flow.minutes, minute, most.minutes)
})

/** Seconds that a rate is of: one alone jumps, many hide what begins. */
const rateSeconds = 10

/** How many a second, over the last seconds that were seen. */
export const rateOf = ({ seconds }: Flow, what: ReadonlyArray<Counted>): number => {
  const last = seconds.slice(-rateSeconds)
  const ms = last.reduce((sum, { span_ms }) => sum + span_ms, 0)
  const count = last.reduce((sum, point) => sum + what.reduce((of, name) => of + point[name], 0), 0)
  return ms === 0 ? 0 : count / ms * 1_000
}

/** A rate in as many digits as somebody reads. */
export const rateText = (perSecond: number): string =>
  perSecond === 0
    ? "0/s"
    : perSecond < 0.1
    ? `${(perSecond * 60).toFixed(perSecond * 60 < 1 ? 1 : 0)}/min`
    : perSecond < 10
    ? `${perSecond.toFixed(1)}/s`
    : `${Math.round(perSecond).toLocaleString("en")}/s`

interface Minute {
  /** Its beginning, RFC 3339. */
  readonly at: string
  /** `undefined`: nobody looked, which is not the same as none. */
  readonly point: FlowPoint | undefined
}

const minuteMs = 60_000

/** The last 60 minutes up to the newest point, also those that were not seen. */
export const lastHour = ({ as_of, minutes }: Flow): ReadonlyArray<Minute> => {
  if (as_of === null) return []
  const byMinute = new Map(minutes.map((point) => [Math.floor(Date.parse(point.at) / minuteMs), point]))
  const end = Math.floor(Date.parse(as_of) / minuteMs)
  return Array.from({ length: most.minutes }, (_, at) => {
    const minute = end - most.minutes + 1 + at
    return { at: new Date(minute * minuteMs).toISOString(), point: byMinute.get(minute) }
  })
}
