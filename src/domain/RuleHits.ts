/** How often a rule decided about events that arrived in one hour. */
export interface HourHits {
  readonly ruleId: number
  /** Its beginning, RFC 3339. */
  readonly hour: string
  readonly forwarded: number
  readonly suppressed: number
  /** When the newest of these events arrived, RFC 3339. */
  readonly lastHit: string
}

/** How often a rule decided since some time, and when last. */
export interface RuleStats {
  readonly ruleId: number
  readonly forwarded: number
  readonly suppressed: number
  /** RFC 3339, perhaps of before that time. */
  readonly lastHit: string
}

/** What is known of hits. Rules that have none, and were not deleted, are left out. */
export interface HitsSince {
  /** The oldest hour that was counted, RFC 3339; `null` while nothing was. */
  readonly countedSince: string | null
  readonly rules: ReadonlyArray<RuleStats>
}
