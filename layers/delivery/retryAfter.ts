/** The longest that an answer may keep an alert waiting. */
export const retryAfterLimitMs = 3_600_000

/** Reads a Retry-After header (RFC 9110 §10.2.3: seconds, or a date) as milliseconds from `nowMs`, at most an hour. */
export const retryAfterMs = (header: string | undefined, nowMs: number): number | undefined => {
  const text = header?.trim() ?? ""
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : httpDate.test(text) ? Date.parse(text) - nowMs : Number.NaN
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), retryAfterLimitMs)
}

const httpDate = /^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/
