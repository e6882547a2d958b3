/** Times that are remembered of each zone. Events tell the time of now, so few are asked for. */
const remembered = 4_096

/** Writes what clocks of an IANA zone show; `undefined` when there is no zone of that name. */
export const zoneFormat = (iana: string): Intl.DateTimeFormat | undefined => {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: iana,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric"
    })
  } catch {
    return undefined
  }
}

/** Milliseconds that clocks of the zone are ahead of UTC at an instant. */
export const offsetIn = (format: Intl.DateTimeFormat, instant: number): number => {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) - instant
}

const zones = new Map<string, (instant: number) => number>()

/**
 * Milliseconds that clocks of the zone are ahead of UTC, by instant. Asks the runtime once a minute and zone. A name that
 * no zone has is read as UTC; schemas refuse it before.
 */
export const zoneOffset = (iana: string): (instant: number) => number => {
  const known = zones.get(iana)
  if (known !== undefined) return known
  const made = rememberedOffset(zoneFormat(iana))
  if (zones.size >= remembered) zones.clear()
  zones.set(iana, made)
  return made
}

const rememberedOffset = (format: Intl.DateTimeFormat | undefined) => {
  if (format === undefined) return () => 0
  const offsets = new Map<number, number>()
  return (instant: number): number => {
    const minute = Math.floor(instant / 60_000)
    const known = offsets.get(minute)
    if (known !== undefined) return known
    if (offsets.size >= remembered) offsets.clear()
    const offset = offsetIn(format, minute * 60_000)
    offsets.set(minute, offset)
    return offset
  }
}
