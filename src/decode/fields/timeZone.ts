import { offsetIn, zoneFormat } from "../../logic/zoneOffset.ts"

/** Where clocks show what. */
export interface TimeZone {
  /**
   * Milliseconds since 1970 of what a clock of the zone shows, given as if the clock were UTC. An hour that comes twice
   * is the one nearest to `arrivedAt`; one that is left out runs on from before.
   */
  readonly instantOf: (shown: number, arrivedAt: number) => number
}

export const utc: TimeZone = { instantOf: (shown) => shown }

const quarter = 900_000
const day = 86_400_000
/** Quarters of an hour that are remembered. Devices tell the time of now, so few are asked for. */
const remembered = 4_096

/** The zone of an IANA name; `undefined` when there is none of that name. UTC and its other names are `utc` itself. */
export const timeZone = (iana: string): TimeZone | undefined => {
  // Asked first: the runtime reads its time zones when it makes a format, which takes the start of a program 20 ms.
  if (/^(?:Etc\/)?(?:UTC|GMT|UCT|Zulu)$/i.test(iana)) return utc
  const format = zoneFormat(iana)
  if (format === undefined) return undefined
  if (format.resolvedOptions().timeZone === "UTC") return utc
  const offsets = new Map<number, number>()

  /** No zone changes its clocks within a quarter of an hour. */
  const offsetAt = (instant: number): number => {
    const position = Math.floor(instant / quarter)
    const known = offsets.get(position)
    if (known !== undefined) return known
    if (offsets.size >= remembered) offsets.clear()
    const offset = offsetIn(format, position * quarter)
    offsets.set(position, offset)
    return offset
  }

  return {
    instantOf: (shown, arrivedAt) => {
      const before = offsetAt(shown - day)
      const after = offsetAt(shown + day)
      const first = shown - before
      const second = shown - after
      if (before === after) return first
      const isFirst = offsetAt(first) === before
      const isSecond = offsetAt(second) === after
      if (isFirst !== isSecond) return isFirst ? first : second
      return isFirst && Math.abs(second - arrivedAt) < Math.abs(first - arrivedAt) ? second : first
    }
  }
}
