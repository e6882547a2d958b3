import type { Caller } from "../domain/Role.ts"

/** How a key was used. */
export interface KeyUse {
  /** Epoch milliseconds of the last request, and the address that it came from, where that is known. */
  readonly lastAt: number
  readonly from: string | undefined
  /** Requests of the hour under way and the 23 before it. */
  readonly calls: number
}

interface Counted {
  lastAt: number
  from: string | undefined
  /** Requests of each hour of the day, and which hour it was. */
  readonly calls: Array<number>
  readonly hours: Array<number>
}

const hourMs = 3_600_000
const hoursOfDay = 24

const keyOf = ({ name, role }: Caller): string => `${role} ${name}`

/** Counts requests by caller, of whom there are as many as keys. Pure: who calls says what time it is. */
export class KeyUses {
  readonly #counted = new Map<string, Counted>()

  note(caller: Caller, from: string | undefined, now: number): void {
    const key = keyOf(caller)
    let counted = this.#counted.get(key)
    if (counted === undefined) {
      counted = { lastAt: now, from, calls: [], hours: [] }
      this.#counted.set(key, counted)
    }
    counted.lastAt = now
    counted.from = from
    const hour = Math.floor(now / hourMs)
    const place = hour % hoursOfDay
    const isSame = counted.hours[place] === hour
    counted.calls[place] = (isSame ? counted.calls[place] ?? 0 : 0) + 1
    counted.hours[place] = hour
  }

  /** `undefined`: it was not used. */
  of(caller: Caller, now: number): KeyUse | undefined {
    const counted = this.#counted.get(keyOf(caller))
    if (counted === undefined) return undefined
    const oldest = Math.floor(now / hourMs) - hoursOfDay + 1
    const calls = counted.calls.reduce(
      (sum, count, place) => (counted.hours[place] ?? 0) >= oldest ? sum + count : sum,
      0
    )
    return { lastAt: counted.lastAt, from: counted.from, calls }
  }
}
