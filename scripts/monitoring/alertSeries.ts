import { jobs } from "./Alert.ts"

/** Series of one case, by name and labels, in the words of promtool: `0+1x60` grows by one a minute for an hour. */
export type Series = Readonly<Record<string, string>>

export const always = (value: number) => `${value}x400`
const instances = Object.values(jobs).map((job) => ({ job, at: `job="${job}", instance="${job}:1"` }))

/** Four programs that are up and ready. */
export const well: Series = Object.fromEntries(instances.flatMap(({ at }) => [
  [`up{${at}}`, always(1)],
  [`mutt_ready{${at}}`, always(1)]
]))

export const of = (name: string, program: keyof typeof jobs, labels = "") =>
  `${name}{job="${jobs[program]}", instance="${jobs[program]}:1"${labels === "" ? "" : `, ${labels}`}}`
export const everywhere = (name: string, value: string, labels = "") =>
  Object.fromEntries(instances.map(({ at }) => [`${name}{${at}${labels === "" ? "" : `, ${labels}`}}`, value]))

/** Requests of senders that got this status. */
export const answered = (status: 200 | 503) =>
  of("mutt_http_requests_total", "ingestor", `method="POST", route="/api/v2/ingest", status="${status}"`)
/** Requests to the intake of which so many in 10,000 fail; those over their rate beside. */
export const refused = (of10k: number): Series => ({
  [answered(200)]: `0+${10_000 - of10k}x400`,
  [answered(503)]: `0+${of10k + 5_000}x400`,
  [of("mutt_ingest_requests_total", "ingestor", "status=\"fail\", reason=\"rate_limit\"")]: "0+5000x400"
})
/** A histogram whose observations a minute are partly over a bound. */
const delays = (
  name: string,
  program: keyof typeof jobs,
  le: string,
  [all, slow]: readonly [number, number]
): Series => ({
  [of(`${name}_count`, program)]: `0+${all}x400`,
  [of(`${name}_bucket`, program, `le="${le}"`)]: `0+${all - slow}x400`
})
export const decided = (slow: number) => delays("mutt_alerter_event_delay_seconds", "alerter", "5.0", [1_000, slow])
export const delivered = (slow: number) =>
  delays("mutt_moog_delivery_delay_breaker_closed_seconds", "moog-forwarder", "60.0", [100, slow])
export const changed = (slow: number) => delays("mutt_config_rollout_seconds", "web-ui", "1.0", [1_000, slow])

export const memory = (ratio: number): Series => ({
  [of("mutt_redis_memory_used_ratio", "web-ui", "node=\"r:1\"")]: always(ratio)
})
export const disk = (free: number): Series => ({
  "node_filesystem_avail_bytes{job=\"node\", instance=\"n:1\", mountpoint=\"/\", fstype=\"ext4\"}": always(free),
  "node_filesystem_size_bytes{job=\"node\", instance=\"n:1\", mountpoint=\"/\", fstype=\"ext4\"}": always(100)
})
/** Waits for a minute that is broken first. */
export const from10 = (before: number, after: number) => `${before}x9 ${after}x390`
