const dayMillis = 86_400_000

/** A day of the calendar, taken apart. */
export interface Civil {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  /** 0 is Monday. */
  readonly weekday: number
  readonly daysInMonth: number
}

/** Days since 1970-01-01 of a date `2026-03-29`; `undefined` when it does not exist. */
export const civilDay = (date: string): number | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined
  const millis = Date.parse(`${date}T00:00:00Z`)
  // The runtime reads the 30th of February as the 2nd of March.
  return Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 10) !== date ? undefined : millis / dayMillis
}

/** The inverse of `civilDay`. */
export const civilDate = (day: number): string => new Date(day * dayMillis).toISOString().slice(0, 10)

export const civilOf = (day: number): Civil => {
  const date = new Date(day * dayMillis)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1]
  return {
    year,
    month,
    day: date.getUTCDate(),
    weekday: (date.getUTCDay() + 6) % 7,
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate()
  }
}
