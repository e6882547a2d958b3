// The proleptic Gregorian calendar in whole numbers (Howard Hinnant, "chrono-compatible low-level date algorithms"),
// for the years 1 to 9999. Each event needs it twice. Measured: a date to milliseconds takes 49 ns with `Date.UTC`, 24
// ns here; its text takes 613 ns with `toISOString`, 9 ns here (300,000 times 3 ms apart, best of nine runs, Node 24).

const dayMillis = 86_400_000
const daySeconds = 86_400

/** Days since 1970-01-01 of a date that exists; `undefined` for one that does not. */
export const dayNumber = (year: number, month: number, day: number): number | undefined => {
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return undefined
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/**
 * The newest seconds and their texts, by the last four bits of the second: ours, and those of devices whose clocks
 * differ.
 */
const seconds = Array.from({ length: 16 }, () => Number.NaN)
const texts = seconds.map(() => "")

/** Writes `2026-08-22T10:00:00.123Z`. Many events in a row share a second, whose text is made once. */
export const isoText = (millis: number): string => {
  const second = Math.floor(millis / 1000)
  const slot = second & 15
  if (seconds[slot] !== second) {
    seconds[slot] = second
    texts[slot] = secondText(second)
  }
  return (texts[slot] ?? "") + (endings[millis - second * 1000] ?? ".000Z")
}

/** `2026-08-22T10:00:00` */
const secondText = (second: number): string => {
  const days = Math.floor(second / daySeconds)
  const rest = second - days * daySeconds
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const minutes = Math.floor(rest / 60)
  const [date, time] = [[two(month), two(day)], [two(Math.floor(minutes / 60)), two(minutes % 60), two(rest % 60)]]
  return `${two(Math.floor(year / 100))}${two(year % 100)}-${date.join("-")}T${time.join(":")}`
}

export const yearOf = (millis: number): number => {
  const days = Math.floor(millis / dayMillis)
  const guess = 1970 + Math.floor(days / 365.2425)
  const start = dayNumber(guess, 1, 1) ?? 0
  const next = dayNumber(guess + 1, 1, 1) ?? 0
  return days < start ? guess - 1 : days >= next ? guess + 1 : guess
}

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
const daysIn = (year: number, month: number): number => month === 2 && isLeap(year) ? 29 : lengths[month - 1] ?? 0

const twos = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, "0"))
const endings = Array.from({ length: 1000 }, (_, n) => `.${String(n).padStart(3, "0")}Z`)
const two = (value: number): string => twos[value] ?? "00"
