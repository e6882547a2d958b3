import type { SilenceInput } from "./Silence.ts"

const dayMillis = 86_400_000
/** How far back the start of a new silence may be. */
export const startsBackMillis = dayMillis

export interface SilenceBounds {
  /** The present, in epoch milliseconds. */
  readonly now: number
  /** `silence_max_days`. */
  readonly maxDays: number
  /** Of a silence that is there: what it says may stay as it is. */
  readonly before?: Pick<SilenceInput, "starts_at" | "ends_at"> & { readonly created_at: string } | undefined
}

/** What is wrong with the times of a silence, beside what its schema says. */
export const silenceBoundErrors = (
  { ends_at, schedule, starts_at }: Pick<SilenceInput, "starts_at" | "ends_at" | "schedule">,
  { before, maxDays, now }: SilenceBounds
): ReadonlyArray<{ readonly field: string; readonly message: string }> => {
  const errors: Array<{ readonly field: string; readonly message: string }> = []
  const start = starts_at === undefined ? Date.parse(before?.created_at ?? "") || now : Date.parse(starts_at)
  const isNew = (field: "starts_at" | "ends_at", time: string) =>
    before?.[field] === undefined || Date.parse(before[field]) !== Date.parse(time)
  if (starts_at !== undefined && isNew("starts_at", starts_at) && start < now - startsBackMillis) {
    errors.push({ field: "starts_at", message: "Is more than 24 hours ago" })
  }
  if (ends_at === undefined) return errors
  const end = Date.parse(ends_at)
  if (end <= now) errors.push({ field: "ends_at", message: "Is past" })
  else if (end <= start) errors.push({ field: "ends_at", message: "Is not after its start" })
  else if (schedule === undefined && isNew("ends_at", ends_at) && end - start > maxDays * dayMillis) {
    errors.push({ field: "ends_at", message: `Is more than ${maxDays} days after its start (silence_max_days)` })
  }
  return errors
}
