import type { IntakeRates } from "./Books.ts"
import { rateSpans } from "./limits.ts"

/** Lists the rates up to `at`. A minute or hour without a field had no events. */
export const ratesOf = (at: number, fields: ReadonlyMap<string, string | number>): IntakeRates => {
  const span = (kind: string, length: number, millis: number) => {
    const last = Math.floor(at / millis)
    return Array.from({ length }, (_, index) => Number(fields.get(`${kind}:${last - length + 1 + index}`) ?? 0))
  }
  return { minutes: span("m", rateSpans.minutes, 60_000), hours: span("h", rateSpans.hours, 3_600_000), at }
}
